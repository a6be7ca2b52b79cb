#!/usr/bin/env python3
"""Opens reports in a browser and looks at them:  report_test.py THRONG SAMPLE_REPORTS  (see `make test-browser`)"""

import pathlib
import sys
import tempfile
import unittest

import worlds
from agent_checks import STATUS, STORY, AgentChecks, LargeChecks
from webdriver import ARROW_RIGHT, ESCAPE, TAB, Browser

PHONE = {"width": 390, "height": 844}

# How many pixels of each chart, without its legend, have a colour: axes and grid are grey, what stands for data is not.
COLOURED_PIXELS = """
return [...document.querySelectorAll('canvas')].map((canvas) => {
  const {left, top, width, height} = Chart.getChart(canvas).chartArea;
  const pixels = canvas.getContext('2d').getImageData(left, top, width, height).data;
  let coloured = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    const [red, green, blue, alpha] = pixels.slice(i, i + 4);
    if (alpha > 60 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) ++coloured;
  }
  return coloured;
});
"""
PICTURES = "return [...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL());"
# Everything that a keyboard must reach, numbered.
MARK_STOPS = """
const stops = [...document.querySelectorAll('canvas, summary, a[href], pre, .scroll, button:enabled, input, select')]
  .filter((element) => element.checkVisibility({contentVisibilityAuto: true}));
stops.forEach((element, n) => { element.dataset.stop = n; });
window.reached = [];
addEventListener('focusin', (event) => {
  const style = getComputedStyle(event.target);
  window.reached.push({stop: event.target.dataset.stop, outline: style.outlineStyle});
});
return stops.length;
"""
# Contrast (WCAG 2) of the two colours of text with the paper.
CONTRASTS = """
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const luminance = (hex) => [1, 3, 5]
  .map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
  .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
return ['--ink', '--quiet'].map((name) => contrast(luminance(colour(name)), luminance(colour('--paper'))));
"""
# All files that the page saves if every button is pressed: [[name, type, size, text]], without pictures' text.
SAVE_ALL = """
const buttons = [...document.querySelectorAll('.save button')];
const [saved, names] = [[], []];
URL.createObjectURL = (blob) => { saved.push(blob); return 'data:,'; };
HTMLAnchorElement.prototype.click = function () { names.push(this.download); };
buttons.forEach((button) => button.click());
const done = arguments[arguments.length - 1];
const wait = () => (names.length < buttons.length ? setTimeout(wait, 20)
  : Promise.all(saved.map((blob) => (blob.type === 'image/png' ? '' : blob.text())))
    .then((texts) => done(saved.map((blob, n) => [names[n], blob.type, blob.size, texts[n]]))));
wait();
"""
# Whether a text is sound SVG, what it says, how many shapes it has, and whether a browser can draw it.
READ_SVG = """
const drawing = new DOMParser().parseFromString(arguments[0], 'image/svg+xml');
const words = [...drawing.querySelectorAll('text')].map((text) => text.textContent).join(' ');
const result = [drawing.querySelector('parsererror') === null, words, drawing.querySelectorAll('path, circle, rect').length];
const done = arguments[arguments.length - 1];
const image = new Image();
image.onload = () => done([...result, image.naturalWidth]);
image.onerror = () => done([...result, 0]);
image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(arguments[0]);
"""
# What sticks out of the window to the right.
TOO_WIDE = """
const width = document.documentElement.clientWidth;
const inside = (element) => element.closest('.scroll, pre, .hidden') !== null;
const wide = [...document.body.querySelectorAll('*')]
  .filter((element) => !inside(element) && element.getBoundingClientRect().right > width + 0.5)
  .map((element) => element.tagName + '.' + element.className);
return [document.documentElement.scrollWidth - width, wide];
"""


class ReportChecks:
    """What holds for every report; a subclass says which one."""

    browser: Browser
    report: pathlib.Path
    charts = 0  # how many there are

    def setUp(self):
        self.browser.requests()
        self.browser.console()

    def test_opens_without_errors_or_requests(self):
        self.browser.open(self.report)
        self.assertEqual([entry["message"] for entry in self.browser.console()], [])
        asked = [url for url in self.browser.requests() if not url.startswith("data:")]
        self.assertEqual(asked, [self.report.resolve().as_uri()])

    def test_every_chart_is_drawn(self):
        for scheme in ("light", "dark"):
            self.browser.open(self.report, scheme=scheme)
            coloured = self.browser.run(COLOURED_PIXELS)
            self.assertEqual(len(coloured), self.charts)
            self.assertGreater(min(coloured), 50, f"a blank chart among {coloured} ({scheme})")

    def test_dark_mode(self):
        self.browser.open(self.report, scheme="light")
        light = self.browser.run(PICTURES)
        self.assertGreater(min(self.browser.run(CONTRASTS)), 4.5)
        self.browser.set_scheme("dark")  # while the page is open
        dark = self.browser.run(PICTURES)
        self.assertGreater(min(self.browser.run(CONTRASTS)), 4.5)
        self.assertEqual(self.browser.run("return getComputedStyle(document.body).backgroundColor"), "rgb(20, 24, 28)")
        self.assertEqual(len(set(light) & set(dark)), 0, "charts kept their light colours")

    def test_phone_width(self):
        self.browser.open(self.report, **PHONE)
        for details in ("closed", "open"):
            self.assertEqual(self.browser.run(TOO_WIDE), [0, []], f"with data tables {details}")
            self.browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        self.assertGreater(min(self.browser.run(COLOURED_PIXELS)), 50)

    def test_keyboard_reaches_everything(self):
        self.browser.open(self.report)
        stops = self.browser.run(MARK_STOPS)
        self.assertGreaterEqual(stops, 2 * self.charts)
        self.browser.press(*[TAB] * (stops + 1))
        reached = self.browser.run("return window.reached")
        self.assertEqual({str(n) for n in range(stops)} - {stop.get("stop") for stop in reached}, set())
        self.assertNotIn("none", [stop["outline"] for stop in reached], "focus cannot be seen")

    def test_arrow_keys_read_the_values(self):
        self.browser.open(self.report)
        for n in range(self.charts):
            self.browser.run("document.querySelectorAll('canvas')[arguments[0]].focus()", n)
            before = self.browser.run(PICTURES)[n]
            self.browser.press(ARROW_RIGHT)
            self.assertFalse(self.browser.run(PICTURES)[n] == before, f"no tooltip on chart {n}")
            self.assertRegex(self.browser.run("return document.getElementById('spoken').textContent"), r"\d")
            self.browser.press(ESCAPE)
            self.assertEqual(self.browser.run("return document.getElementById('spoken').textContent"), "")
        self.assertEqual(self.browser.console(), [])

    def test_everything_can_be_saved(self):
        self.browser.open(self.report, scheme="dark")
        figures = self.browser.run("return [...document.querySelectorAll('figcaption')].map((caption) => caption.textContent)")
        saved = self.browser.run_async(SAVE_ALL)
        by_type = {kind: [file for file in saved if file[1] == kind] for kind in ("image/svg+xml", "image/png", "text/csv")}
        self.assertEqual(len(by_type["image/svg+xml"]), len(figures))
        self.assertEqual(len(by_type["image/png"]), len(figures))
        self.assertGreaterEqual(len(by_type["text/csv"]), len(figures))
        for title, (name, _, _, text) in zip(figures, by_type["image/svg+xml"]):
            self.assertRegex(name, r"^[^/\\]+\.svg$")
            is_sound, words, shapes, width = self.browser.run_async(READ_SVG, text)
            self.assertTrue(is_sound, title)
            self.assertIn("".join(title.split()), "".join(words.split()))
            self.assertGreater(shapes, 3, title)
            self.assertGreaterEqual(width, 400)
            self.assertIn('fill="#ffffff"', text, "on white paper, though the page is dark")
            self.assertNotIn("var(", text, "needs no style sheet")
        self.assertGreater(min(size for _, _, size, _ in by_type["image/png"]), 3000)
        for name, _, _, text in by_type["text/csv"]:
            self.assertRegex(text, r"^.+\r\n", name)
        self.assertEqual(self.browser.console(), [])

    def test_paper_is_light(self):
        self.browser.open(self.report, scheme="dark")
        before = self.browser.run(PICTURES)
        self.browser.run("""addEventListener('beforeprint', () => {
          window.paper = getComputedStyle(document.documentElement).getPropertyValue('--paper').trim();
          window.printed = [...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL());
        });""")
        self.assertTrue(self.browser.print_to_pdf().startswith(b"%PDF"))
        self.assertEqual(self.browser.run("return window.paper"), "#ffffff")
        printed = self.browser.run("return window.printed")
        self.assertEqual(len(set(printed) & set(before)), 0, "charts were printed in their dark colours")
        self.assertTrue(self.browser.run(PICTURES) == before, "the charts did not come back")


class DemoReport(ReportChecks, AgentChecks, unittest.TestCase):
    charts = 17


class HostileReport(ReportChecks, unittest.TestCase):
    charts = 17

    def test_hostile_text_is_only_text(self):
        self.browser.open(self.report)
        self.assertIsNone(self.browser.run("return window.pwned || null"))
        self.assertEqual(self.browser.run("return document.scripts.length"), 5)
        self.assertEqual(self.browser.run("return document.querySelectorAll('img, b, i').length"), 0)
        cells = self.browser.run("return [...document.querySelectorAll('td')].map((cell) => cell.textContent)")
        for title in worlds.HOSTILE_TITLES:
            self.assertIn(title, cells)
        self.assertIn("</title></p><script>", self.browser.run("return document.querySelector('.subtitle').textContent"))
        points = self.browser.run("return JSON.parse(document.getElementById('charts').textContent)")
        names = [point["name"] for chart in points if chart["kind"] == "scatter" for point in chart["points"]]
        self.assertTrue(set(worlds.HOSTILE_TITLES) <= set(names))

    def test_hostile_words_in_a_story_are_only_text(self):
        self.browser.open(self.report, fragment="agent-0")
        story = self.browser.run(STORY)
        for title in worlds.HOSTILE_TITLES:
            self.assertIn(title, story)
        self.assertIn(worlds.HOSTILE_TITLES[3], self.browser.run("return document.querySelector('#agent-list tbody').textContent"))
        self.assertIsNone(self.browser.run("return window.pwned || null"))
        self.assertEqual(self.browser.run("return document.querySelectorAll('img, b, i').length"), 0)
        self.assertEqual(self.browser.console(), [])

    def test_a_formula_is_saved_as_text(self):
        self.browser.open(self.report)
        text = "".join(text for name, kind, _, text in self.browser.run_async(SAVE_ALL) if kind == "text/csv")
        self.assertIn('"\'=HYPERLINK(', text)
        self.assertNotIn('\n=HYPERLINK(', text)


class RoundsReport(ReportChecks, unittest.TestCase):
    charts = 35

    def test_no_axis_leaves_what_values_can_be(self):
        self.browser.open(self.report)
        axes = self.browser.run("""return [...document.querySelectorAll('canvas')].map((canvas) => Chart.getChart(canvas))
          .filter((chart) => chart.config.type === 'line')
          .map((chart) => [chart.options.scales.y.title.text, chart.scales.y.min, chart.scales.y.max]);""")
        self.assertEqual(len(axes), 18)
        for unit, least, greatest in axes:
            self.assertGreaterEqual(least, 0, unit)
            # All others are shares.
            self.assertLessEqual(greatest, {"genres per agent": 1e9, "bits": 1e9, "1 - cosine": 2, "mean rating": 5}.get(unit, 1), unit)


class StudyReport(ReportChecks, unittest.TestCase):
    charts = 4


class SmallStudyReport(ReportChecks, unittest.TestCase):
    charts = 48

    def test_says_which_arm_and_what_the_intervals_are(self):
        self.browser.open(self.report)
        text = self.browser.run("return document.querySelector('.metrics').parentElement.textContent")
        self.assertIn("intervention: 2 replicates of 60 agents", text)
        self.assertIn("95 % confidence interval of the mean over replicates", text)
        heads = self.browser.run("return [...document.querySelectorAll('th')].map((cell) => cell.textContent)")
        first = heads.index("arm")
        self.assertEqual(heads[first:first + 6], ["arm", "P_view", "N_like", "P_like", "N_exit", "S_sat"])
        first = heads.index("less control")
        self.assertEqual(heads[first:first + 3], ["less control", "figure", "over replicates"])

    def test_leads_to_its_runs(self):
        self.browser.open(self.report)
        links = self.browser.run("return [...document.querySelectorAll('td a')].map((link) => link.href)")
        self.assertEqual(len(links), 4)
        self.browser.run("document.querySelector('td a').click()")
        self.browser.wait_for_frame()
        self.assertEqual(self.browser.run("return location.href"), links[0])
        self.assertIsNotNone(self.browser.run("return document.getElementById('agent-list')"))


class ThreeArmsReport(ReportChecks, unittest.TestCase):
    charts = 26

    def test_draws_a_point_for_each_arm_and_a_graph(self):
        self.browser.open(self.report)
        heads = self.browser.run("return [...document.querySelectorAll('h2')].map((head) => head.textContent)")
        self.assertIn("What was shown, viewed and liked", heads)
        self.assertNotIn("Over the rounds", heads)
        for arm in ("popularity", "itemknn", "random"):
            self.assertIn(f"Causal graph of {arm}, replicate 1", heads)
        self.assertEqual(self.browser.run("return document.querySelectorAll('figure svg').length"), 3)
        cells = self.browser.run("return [...document.querySelectorAll('td')].map((cell) => cell.textContent)")
        self.assertIn("itemknn", cells)


class LargeReport(LargeChecks, unittest.TestCase):
    report: pathlib.Path


class LargerThanFitsReport(unittest.TestCase):
    browser: Browser
    report: pathlib.Path

    def test_says_which_agents_and_stories_it_leaves_out(self):
        self.assertLess(self.report.stat().st_size, 20e6)
        self.browser.open(self.report)
        self.assertEqual(self.browser.run(STATUS), "1 to 20 of 20,000")
        text = self.browser.run("return document.getElementById('agent-list').parentElement.textContent")
        self.assertIn("20,000 of 22,000, drawn at random", text)
        listed, told = self.browser.run("""
          const agents = JSON.parse(document.getElementById('agent-data').textContent).rows.map((row) => row[0]);
          const stories = JSON.parse(document.getElementById('story-data').textContent).stories;
          return [agents, stories.map((story) => story !== null)];""")
        self.assertEqual((len(listed), len(told)), (20_000, 20_000))
        untold = listed[told.index(False)]
        absent = min(set(range(22_000)) - set(listed))
        for agent, words in ((listed[told.index(True)], "Page 1"), (untold, "Its story is not on this page"),
                             (absent, "It is not in this list")):
            self.browser.open(self.report, fragment=f"agent-{agent}")
            self.assertIn(words, self.browser.run(STORY))
        self.assertIn(f"throng story larger --agent {absent}", self.browser.run(STORY))
        self.assertEqual(self.browser.console(), [])


def main():
    throng, sample_reports = map(pathlib.Path, sys.argv[1:])
    suite = unittest.TestSuite()
    with tempfile.TemporaryDirectory(prefix="throng-reports-") as name, Browser() as browser:
        folder = pathlib.Path(name)
        program = worlds.Program(throng, folder)
        reports = {
            DemoReport: worlds.demo(program, folder),
            HostileReport: worlds.hostile(program, folder),
            RoundsReport: worlds.rounds(program, folder),
            StudyReport: worlds.study(sample_reports, folder),
            SmallStudyReport: worlds.small_study(program, folder),
            ThreeArmsReport: worlds.three_arms(program, folder),
            LargeReport: worlds.large(program, folder),
            LargerThanFitsReport: worlds.larger_than_fits(program, folder),
        }
        for checks, report in reports.items():
            checks.browser = browser
            checks.report = report
            checks.program = program
            suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(checks))
        result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"browser: {result.testsRun - failed} passed, {failed} failed")
    return 0 if result.testsRun and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
