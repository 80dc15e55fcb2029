"""How nbgrader hands out and marks these exercises; docs/teaching.md says how to use it."""

import os

# Marking runs on a small sample: 60 days with every tenth pixel, made once. It takes seconds, and an answer that was only
# copied from the students' own numbers does not pass. Set these before calling nbgrader to mark on other data.
os.environ.setdefault("ISOPLETH_DAYS", "60")
os.environ.setdefault("ISOPLETH_SCALE", "10")

c = get_config()  # noqa: F821: nbgrader defines it

c.CourseDirectory.course_id = "isopleth"

# What students find in the place of a solution. It compiles as a value of any type.
c.ClearSolutions.code_stub = {"rust": 'todo!("your code here")'}
c.ClearSolutions.begin_solution_delimeter = "// BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "// END SOLUTION"
c.ClearHiddenTests.begin_test_delimeter = "// BEGIN HIDDEN TESTS"
c.ClearHiddenTests.end_test_delimeter = "// END HIDDEN TESTS"

# A cell that does not end is stopped as with the Stop button, so its variables stay and the cells after it are marked.
c.Execute.timeout = 60
c.Execute.interrupt_on_timeout = True
c.Execute.error_on_timeout = {
    "ename": "StillRunning",
    "evalue": "the cell did not end in time, and was stopped",
    "traceback": ["StillRunning: the cell did not end in time, and was stopped. Is there a loop that never ends?"],
}
# Between Stop and the end of what was being read, written or compiled.
c.Execute.iopub_timeout = 60
