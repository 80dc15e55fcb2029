"""The conformance tests of the Jupyter project (PyPI: jupyter_kernel_test), for Rust."""

import os
from unittest import mock

import jupyter_kernel_test
import pytest

from harness.kernel import KERNEL, TIMEOUT


@pytest.fixture(scope="module", autouse=True)
def history_of_their_own(installed, tmp_path_factory):
    """These kernels start in the caller's environment; what they run does not belong into the caller's history."""
    with mock.patch.dict(os.environ, XDG_STATE_HOME=str(tmp_path_factory.mktemp("state"))):
        yield


class TestConformance(jupyter_kernel_test.KernelTests):
    kernel_name = KERNEL
    language_name = "rust"
    file_extension = ".rs"

    code_hello_world = 'println!("hello, world");'
    code_stderr = 'eprintln!("to stderr");'
    code_generate_error = 'panic!("on purpose")'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "[1, 2].len() + 1", "result": "3"},
        {"code": '["a", "b"].concat()', "result": '"ab"'},
    ]
    code_display_data = [{"code": 'html("<b>bold</b>", "bold");', "mime": "text/html"}]
    code_page_something = "?lesson_data"
    code_clear_output = "clear_output(false);"
    code_history_pattern = "6 *"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "lesson_data"
    completion_samples = [{"text": "lesson_d"}, {"text": "zzz_nothing", "matches": []}]
    complete_code_samples = ["1", "let x = 1;", "fn f(x: i32) -> i32 {\n    x\n}"]
    incomplete_code_samples = ["fn f() {", "let x = (1,"]
    invalid_code_samples = ["let x = );"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Its waits of 15 s are for a kernel that is warm.
        cls.kc.execute_interactive("1", timeout=TIMEOUT, output_hook=lambda message: None)


class TestWelcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True
