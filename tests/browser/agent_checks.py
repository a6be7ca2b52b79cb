"""What holds for the list of agents on a run's page, and for their stories."""

import time

from webdriver import ENTER, Browser

ROWS = """return [...document.querySelectorAll('#agent-list > .scroll tbody tr')]
  .map((row) => [...row.cells].map((cell) => cell.textContent));"""
HEADS = "return [...document.querySelectorAll('#agent-list > .scroll th')].map((cell) => cell.textContent)"
STATUS = "return document.querySelector('#agent-list [role=status]').textContent"
# Fills a control of the list, which is found by the words on its label.
FILL = """
const label = [...document.querySelectorAll('.controls label')].find((label) => label.textContent.startsWith(arguments[0]));
const control = label.querySelector('input, select');
control.value = arguments[1];
control.dispatchEvent(new Event(control.tagName === 'SELECT' ? 'change' : 'input'));
"""
CLEAR = """for (const control of document.querySelectorAll('.controls input, .controls select')) {
  control.value = '';
  control.dispatchEvent(new Event(control.tagName === 'SELECT' ? 'change' : 'input'));
}"""
PRESS = "[...document.querySelectorAll('#agent-list button')].find((button) => button.textContent === arguments[0]).click()"
STORY = "return document.querySelector('article').textContent"


class AgentChecks:
    """Of a run of as many agents as `agents` says; mixed into its report's test case."""

    browser: Browser
    agents = 30

    def look_for(self, **filled):
        self.browser.run(CLEAR)
        for label, value in filled.items():
            self.browser.run(FILL, label.replace("_", " "), value)
        return self.browser.run(ROWS)

    def open_story(self, agent):
        self.browser.run("location.hash = `#agent-${arguments[0]}`", agent)
        self.browser.wait_for_frame()
        return self.browser.run(STORY)

    def test_list_has_every_agent(self):
        self.browser.open(self.report)
        self.assertEqual(self.browser.run(STATUS), f"1 to 20 of {self.agents:,}")
        first = self.browser.run(ROWS)
        self.assertEqual([row[0] for row in first], [str(n) for n in range(20)])
        self.browser.run(PRESS, "Next")
        self.assertEqual(self.browser.run(ROWS)[0][0], "20")
        self.browser.run(PRESS, "Previous")
        self.assertEqual(self.browser.run(ROWS), first)

    def test_search(self):
        self.browser.open(self.report)
        heads = self.browser.run(HEADS)
        column = {name: heads.index(name) for name in heads}
        found = self.look_for(Search="7")
        self.assertTrue(all("7" in (row[0], row[column["user"]]) for row in found), "by number, or the user's whole id")
        [row] = [row for row in found if row[0] == "7"]
        found = self.look_for(activity="3")
        self.assertTrue(found and all(row[column["activity"]] == "devoted" for row in found))
        page = row[column["left after page"]]
        found = self.look_for(left_after_page=page)
        self.assertTrue(found)
        self.assertTrue(all(row[column["left after page"]] == page for row in found))
        found = self.look_for(score_from="5", score_to="6")
        self.assertTrue(found and all(5 <= int(row[column["score"]]) <= 6 for row in found))
        genre = row[column["favourite genres"]].split(", ")[0]
        found = self.look_for(Search=f"{genre} {row[column['diversity']]}".lower())
        self.assertTrue(found)
        self.assertTrue(all(genre in each[column["favourite genres"]] for each in found))
        self.assertEqual(self.look_for(Search="no such agent anywhere"), [])
        self.assertIn("none", self.browser.run(STATUS))
        self.assertEqual(self.browser.console(), [])

    def test_sorting(self):
        self.browser.open(self.report)
        score = self.browser.run(HEADS).index("score")
        for direction in ("ascending", "descending"):
            self.browser.run(PRESS, "score")
            scores = [int(row[score]) for row in self.browser.run(ROWS) if row[score]]
            self.assertEqual(scores, sorted(scores, reverse=direction == "descending"))
            self.assertEqual(self.browser.run(
                "return document.querySelectorAll('#agent-list th')[arguments[0]].getAttribute('aria-sort')", score), direction)

    def test_story_opens_by_keyboard_and_tells_what_the_command_tells(self):
        self.browser.open(self.report)
        self.browser.run("document.querySelectorAll('#agent-list tbody a')[3].focus()")
        self.browser.press(ENTER)
        self.browser.wait_for_frame()
        self.assertEqual(self.browser.run("return document.activeElement.textContent"), "Agent 3")
        told = self.program("story", self.report.parent.name, "--agent", 3)
        pages = told.count("\nPage ")
        self.assertGreater(pages, 0)
        tables = self.browser.run("return document.querySelectorAll('article table').length")
        self.assertEqual(tables, pages)
        text = self.browser.run(STORY)
        for line in told.splitlines():
            if line.startswith("Interview: "):
                self.assertIn(line.removeprefix("Interview: "), text)
        titles = self.browser.run(
            "return [...document.querySelectorAll('article tbody td:nth-child(2)')].map((cell) => cell.textContent)")
        self.assertTrue(titles)
        for title in titles:
            self.assertIn(title[:20].strip(), told)
        self.browser.run("location.hash = '#agents'")
        self.browser.wait_for_frame()
        self.assertEqual(self.browser.run(STORY), "")
        self.assertEqual(self.browser.console(), [])

    def test_story_says_what_agents_felt_and_decided_in_the_words_of_the_command(self):
        self.browser.open(self.report)
        for agent, of_a_model in ((3, False), (4, True)):
            text = " ".join(self.open_story(agent).split())
            told = [line.split(": ", 1)[1] for line in self.program("story", self.report.parent.name, "--agent", agent).splitlines()
                    if line.startswith(("  remembers: ", "  decides: "))]
            self.assertGreater(len(told), 1)
            self.assertEqual(of_a_model, " of 10 with this page" in told[0])
            for words in told:
                self.assertIn(words, text)

    def test_story_of_the_address(self):
        self.browser.open(self.report, fragment="agent-2")
        self.assertTrue(self.browser.run(STORY).startswith("Agent 2"))
        self.assertIn("not in this list", self.open_story(10**9))
        self.assertIn(f"--agent {10**9}", self.browser.run(STORY))


class LargeChecks:
    """Of a run of 10,000 agents: opens quickly and is not too large."""

    browser: Browser

    def test_size_and_time(self):
        size = self.report.stat().st_size
        self.assertLess(size, 20e6)
        began = time.monotonic()
        self.browser.open(self.report)
        opened = time.monotonic() - began
        loaded = self.browser.run("const [load] = performance.getEntriesByType('navigation'); return load.loadEventEnd / 1000")
        self.assertEqual(self.browser.run(STATUS), "1 to 20 of 10,000")
        searched = self.browser.run("""const began = performance.now();
          const search = document.querySelector('.controls input[type=search]');
          search.value = 'devoted explorer';
          search.dispatchEvent(new Event('input'));
          return (performance.now() - began) / 1000;""")
        told = self.browser.run("""const began = performance.now();
          location.hash = '#agent-9999';
          dispatchEvent(new HashChangeEvent('hashchange'));
          return (performance.now() - began) / 1000;""")
        self.assertTrue(self.browser.run(STORY).startswith("Agent 9999"))
        stories = self.browser.run(
            "return JSON.parse(document.getElementById('story-data').textContent).stories.filter(Boolean).length")
        print(f"\n10,000 agents: {size / 1e6:.1f} MB, {stories:,} stories; opens in {loaded:.2f} s ({opened:.2f} s with the driver), "
              f"searches in {searched:.3f} s, reads its stories in {told:.2f} s")
