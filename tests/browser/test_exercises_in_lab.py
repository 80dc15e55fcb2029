"""The exercises as a student does them: a check of what is not done, a wrong answer, the right one."""

import shutil

import pytest
from playwright.sync_api import expect

from harness.exercises import STUDENT, code, read, solutions
from harness.lab import Lab
from harness.lesson import small_sample
from harness.notebook_page import PATIENCE, NotebookPage

# Numbers of code cells: two with the data, then the first exercise.
TASK, LOOK, CHECK = 3, 4, 5


@pytest.fixture(scope="module")
def notebook(installed, browser, tmp_path_factory):
    home = tmp_path_factory.mktemp("exercises-in-lab")
    lab = Lab(home, small_sample(home))
    shutil.copy(STUDENT, lab.notebooks)
    with lab as url:
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        opened = NotebookPage(page, url, STUDENT.name, len(code(read(STUDENT))))
        opened.run(1)
        opened.run(2)
        yield opened
        page.close()


def check(notebook, count):
    notebook.begin(CHECK)
    notebook.ended(CHECK, count)
    return notebook.output(CHECK)


def answer(notebook, source, count):
    cell = notebook.cell(TASK).locator(".cm-content")
    cell.click()
    notebook.page.keyboard.press("Control+A")
    # Inserted as a whole: the editor would close brackets that are typed.
    notebook.page.keyboard.insert_text(source)
    notebook.page.keyboard.press("Shift+Enter")
    notebook.ended(TASK, count)


def test_an_exercise_from_the_first_look_to_the_tick(notebook, artefacts):
    notebook.run(TASK)
    expect(notebook.output(TASK)).to_have_text("")
    expect(check(notebook, 4)).to_contain_text("Exercise 1 is not done yet: put your code where todo!() stands")
    notebook.picture(artefacts / "exercise-not-done.png")

    right = solutions()["exercise-1"]
    answer(notebook, right.replace("day - 1", "day"), 5)
    expect(check(notebook, 6)).to_contain_text("it is off by one day: this is the day after")
    notebook.picture(artefacts / "exercise-off-by-one.png")

    answer(notebook, right, 7)
    expect(check(notebook, 8)).to_have_text("✓ Exercise 1")
    notebook.run(LOOK)
    expect(notebook.output(LOOK).locator("img")).to_be_visible(timeout=PATIENCE)
    notebook.picture(artefacts / "exercise-done.png")


def test_a_check_cannot_be_changed(notebook):
    expect(notebook.cell(CHECK).locator(".cm-content")).to_have_attribute("aria-readonly", "true")
