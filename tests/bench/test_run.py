"""Parts are measured alone, kept as JSON, told as tables."""

import json
import os
import sys
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from bench import growth, report, run
from bench.report import BEGIN, END, Machine, Part, Report
from bench.rows import Row

MACHINE = Machine("Some Processor", 2, ("avx2",), 8 * 2**30, "Linux 6.1", {"python": "3.11.7"})
PARTS = "tests.bench.parts"
MARKED = f"# Benchmarks\n\n{BEGIN}\nold\n{END}\n\nby hand\n"


def part(name: str, *rows: Row, failure: str = "") -> Part:
    return Part(name, "2026-01-02", "abc1234", 1.5, rows, failure)


def test_a_part_runs_in_a_process_of_its_own_without_the_users_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDPALETTE_CONFIG", "/somewhere/config.toml")
    done = run.measured("x", f"{PARTS}:told_environment")
    assert done.failure == ""
    assert [row.name for row in done.rows] == ["variables of the user's", "process"]
    assert done.rows[0].ours == (0,)
    assert done.rows[1].ours != (os.getpid(),)


@pytest.mark.skipif(sys.platform == "win32", reason="its processes die otherwise")
def test_a_part_that_raises_or_dies_is_told_and_the_others_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    failed = run.measured("x", f"{PARTS}:raising")
    assert failed.failure == "FileNotFoundError: the split is not built; `make train-data` does it"
    assert "in raising" in capsys.readouterr().err
    assert run.measured("x", f"{PARTS}:dying").failure.startswith("BrokenProcessPool: ")


def test_every_part_can_be_found() -> None:
    for target in run.ALL.values():
        module, function = target.split(":")
        assert f"\ndef {function}(" in (run.PROJECT / module.replace(".", "/")).with_suffix(".py").read_text("utf-8")


def test_a_part_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run.main(["handshakes"])
    assert "there is no part 'handshakes'; allowed are handshake, " in capsys.readouterr().err


def test_figures_are_kept_and_a_part_measured_again_takes_the_place_of_its_earlier_ones(tmp_path: Path) -> None:
    file = tmp_path / "build" / "bench.json"
    found = Report(MACHINE).with_part(part("a", Row("x", (2.0, 4.0), (1.0, 1.0), "ms", "<= 4")))
    found = found.with_part(part("b", failure="it was late"))
    report.save(found, file)
    assert report.load(file, MACHINE) == found
    again = found.with_part(part("a", Row("x", (9.0,), (), "ms")))
    assert [(each.name, len(each.rows)) for each in again.parts] == [("a", 1), ("b", 0)]
    assert again.parts[0].rows[0].ours == (9.0,)
    row = json.loads(file.read_text())["parts"][0]["rows"][0]
    assert (row["ours"], row["ours_median"], row["ours_least"], row["ours_greatest"]) == ([2, 4], 3, 2, 4)
    assert (row["ratio"], row["goal"], row["met"]) == (3, "<= 4", True)


def test_figures_of_another_machine_are_not_mixed_with_this_ones(tmp_path: Path) -> None:
    report.save(Report(MACHINE, (part("a"),)), tmp_path / "bench.json")
    other = Machine("Another", 2, ("avx2",), 8 * 2**30, "Linux 6.1", {"python": "3.11.7"})
    assert report.load(tmp_path / "bench.json", other) == Report(other)
    assert report.load(tmp_path / "none.json", other) == Report(other)
    (tmp_path / "bench.json").write_text("{")
    assert report.load(tmp_path / "bench.json", MACHINE) == Report(MACHINE)


def test_this_machine_and_its_versions_are_told() -> None:
    here = report.machine()
    assert here.cores >= 1
    assert here.processor
    assert {"python", "numpy", "torch", "faiss-cpu", "mcp", "transformers"} == set(here.versions)


def test_the_page_gets_table_and_plot_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(MARKED)
    rows = [Row("a | b", (1.0, 3.0), (1.0, 1.0), "ms", "difference <= 3", samples=size) for size in (100, 1000)]
    found = Report(MACHINE).with_part(part("query", *rows)).with_part(part("late", failure="it was late"))
    report.publish(found, page)
    report.publish(found, page)
    text = page.read_text()
    assert text.startswith(f"# Benchmarks\n\n{BEGIN}\n")
    assert text.endswith(f"{END}\n\nby hand\n")
    assert "old" not in text
    assert "Some Processor, 2 cores (avx2), 8 GiB, Linux 6.1; python 3.11.7.\n" in text
    assert "| a \\| b, 100 samples | 2 (1-3) | 1 (1-1) | ms | 2 (+1) | difference <= 3 | yes |" in text
    assert "## late\n\nMeasured 2026-01-02 at abc1234 in 2 s.\n\nFailed: it was late\n" in text
    assert text.count("growth.svg") == 1
    assert ElementTree.fromstring((tmp_path / "growth.svg").read_text()).tag.endswith("svg")


def test_a_page_without_marks_is_told(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("# Benchmarks\n")
    with pytest.raises(ValueError, match="has not the lines"):
        report.publish(Report(MACHINE), page)
    assert BEGIN in run.PAGE.read_text("utf-8")


def test_the_table_tells_what_failed() -> None:
    console = Console(width=200, file=StringIO())
    found = Report(MACHINE, (part("a", failure="it was late"), part("b", Row("x", (1.0,), (), "s"))))
    with console.capture() as captured:
        console.print(report.table(found))
    told = captured.get()
    assert "a failed: it was late" in told
    assert "│ x " in told


def test_ten_times_the_samples_at_ten_times_the_cost_are_drawn_along_the_line_of_linear_growth() -> None:
    rows = [Row("index", (size / 1000,), (size / 100,), "s", samples=size) for size in (10_000, 100_000, 1_000_000)]
    drawn = growth.svg(rows)
    lines = {
        style: [tuple(map(float, point.split(","))) for point in points.split()]
        for style, points in (
            (element.attrib["class"], element.attrib["points"])
            for element in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}polyline")
        )
        if len(points.split()) == 3 or style == "linear"
    }
    ours, baseline = lines["c0 ours"], lines["c0 baseline"]
    assert lines["linear"] == [ours[0], ours[-1]]
    (x0, y0), (x1, y1), (x2, y2) = ours
    assert (x2 - x1, y2 - y1) == pytest.approx((x1 - x0, y1 - y0), abs=0.2)
    assert y0 > y1 > y2
    assert all(below[1] > above[1] for below, above in zip(ours, baseline, strict=True))
    assert "prefers-color-scheme: dark" in drawn


def test_names_and_units_get_panels_and_are_escaped() -> None:
    rows = [Row("query <k=10>", (1.0,), (), "ms", samples=10), Row("index", (1.0,), (), "s", samples=10)]
    texts = [
        element.text for element in ElementTree.fromstring(growth.svg(rows)).iter() if element.tag.endswith("text")
    ]
    assert {"ms over the number of samples", "s over the number of samples", "query <k=10>", "index"} <= set(texts)
