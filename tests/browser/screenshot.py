#!/usr/bin/env python3
"""Takes a picture of a report:  screenshot.py REPORT.html OUT.png [--width 1280] [--height 900] [--dark] [--top]"""

import argparse
import pathlib

from webdriver import Browser

parser = argparse.ArgumentParser(description="Takes a picture of a report.")
parser.add_argument("report", type=pathlib.Path)
parser.add_argument("out", type=pathlib.Path)
parser.add_argument("--width", type=int, default=1280)
parser.add_argument("--height", type=int, default=900)
parser.add_argument("--dark", action="store_true", help="in the dark colour scheme")
parser.add_argument("--top", action="store_true", help="only what fits into the window, not the whole page")
arguments = parser.parse_args()

with Browser() as browser:
    browser.open(arguments.report, arguments.width, arguments.height, "dark" if arguments.dark else "light")
    arguments.out.write_bytes(browser.screenshot(whole_page=not arguments.top))
