"""The page in a browser, where there is one: it draws, offers its data, and turns dark."""

import csv
import io
import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.unit.report import synthetic
from yaan.report import write_report

pytestmark = pytest.mark.slow

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
PROBE = """
<script>
window.addEventListener("load", async () => {
  const told = {};
  const root = document.documentElement;
  if (!root.dataset.drawn) {
    await new Promise((next) => new MutationObserver(next).observe(root, {
      attributeFilter: ["data-drawn"],
    }));
  }
  let made;
  const Plain = Blob;
  window.Blob = class extends Plain {
    constructor(parts, options) {
      super(parts, options);
      made = parts[0];
    }
  };
  HTMLAnchorElement.prototype.click = function () { told.file = this.download; };
  for (const figure of document.querySelectorAll("figure")) {
    made = undefined;
    figure.querySelector(".tools button")?.click();
    told[figure.id] = made ?? null;
  }
  const look = () => [
    getComputedStyle(document.body).backgroundColor,
    document.querySelector("#figure-motion .main-svg")?.style.background,
  ];
  told.first = look();
  document.querySelector(".scheme").click();
  for (let i = 0; i < 20; i++) await new Promise((r) => setTimeout(r, 50));
  told.second = look();
  try {
    told.kept = localStorage.getItem("yaan-scheme");
  } catch {
    told.kept = "nowhere";
  }
  told.drawn = root.dataset.drawn;
  told.excuse = document.getElementById("no-figures")?.textContent ?? "";
  const probe = document.createElement("pre");
  probe.id = "probe";
  probe.textContent = JSON.stringify(told);
  document.body.append(probe);
});
</script>
"""


def opened(page: Path, before: str = "", *options: str) -> dict[str, Any]:
    """What the page looks like from within; `before` is run before its own scripts."""
    if BROWSER is None:
        pytest.skip("no Chromium is installed")
    text = page.read_text(encoding="utf-8")
    tried = page.with_name("tried.html")
    text = text.replace("<head>", f"<head><script>{before}</script>", 1)
    tried.write_text(text.replace("</body>", f"{PROBE}</body>"), encoding="utf-8")
    command = [
        BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", f"--user-data-dir={page.parent / 'profile'}",
        "--virtual-time-budget=60000", *options, "--dump-dom", tried.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r'<pre id="probe">(.*?)</pre>', done.stdout, re.S)
    assert found is not None
    return json.loads(unescape(found[1]))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return write_report(synthetic.write_run(tmp_path / "g-1"))


def test_it_draws_and_its_data_are_a_table(page: Path) -> None:
    told = opened(page)
    assert told["drawn"] == "yes"
    assert told["file"] == "gaganyaan-tornado.csv"
    rows = list(csv.reader(io.StringIO(told["figure-motion"])))
    assert rows[0][:3] == ["Time since ignition [s]", "Height [km]", "Speed inertial [km/s]"]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [float(v) for v in rows[1][:2]] == [0.0, 0.0]
    assert float(rows[-1][1]) == pytest.approx(176.0, abs=1.0)
    (phase, *_), *lost = csv.reader(io.StringIO(told["figure-velocity"]))
    assert phase == "Phase"
    assert len(lost) > 3
    lines = {row[0] for row in csv.reader(io.StringIO(told["figure-exposure"]))}
    assert lines >= {"Line", "This flight", "Allowed"}


def test_it_is_light_or_dark_as_the_system_is_and_the_button_turns_it(page: Path) -> None:
    light = opened(page)
    assert light["first"][0] == "rgb(255, 255, 255)"
    assert light["second"] == ["rgb(18, 24, 30)", "rgb(18, 24, 30)"]
    assert light["kept"] == "dark"
    dark = opened(page, "localStorage.clear()", "--blink-settings=preferredColorScheme=0")
    assert dark["first"] == ["rgb(18, 24, 30)", "rgb(18, 24, 30)"]
    assert dark["second"][0] == "rgb(255, 255, 255)"
    assert dark["kept"] == "light"


def test_without_the_means_to_unpack_it_says_so(page: Path) -> None:
    told = opened(page, "delete window.DecompressionStream")
    assert told["drawn"] == "no"
    assert "cannot unpack" in told["excuse"]
    assert told["figure-motion"] is None


def test_without_storage_it_is_the_same_page(page: Path) -> None:
    broken = "Object.defineProperty(window, 'localStorage', { get() { throw new Error(); } });"
    told = opened(page, broken)
    assert told["drawn"] == "yes"
    assert told["kept"] == "nowhere"
    assert told["second"][0] == "rgb(18, 24, 30)"


def test_what_begins_like_a_formula_is_text_in_a_spreadsheet(tmp_path: Path) -> None:
    document = synthetic.summary()
    document["assumptions"][0]["key"] = '=HYPERLINK("x"), a'
    told = opened(write_report(synthetic.write_run(tmp_path / "g-1", document)))
    rows = [row[0] for row in csv.reader(io.StringIO(told["figure-tornado"]))]
    assert """'=HYPERLINK("x"), a""" in rows
