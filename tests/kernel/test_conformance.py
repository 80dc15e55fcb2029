"""The conformance tests of the Jupyter project (PyPI: jupyter_kernel_test), for Rust."""

import os
from unittest import mock

import jupyter_kernel_test
import pytest
from jupyter_kernel_test import ensure_sync

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
        # Its waits of 15 s, and of 0.1 s between two messages of a cell, are for a kernel that is warm and has a
        # processor to itself. What it proves stays the same: that the messages come.
        jupyter_kernel_test.TIMEOUT = TIMEOUT
        channel = cls.kc.iopub_channel
        get = ensure_sync(channel.get_msg)
        channel.get_msg = lambda timeout=None: get(timeout=TIMEOUT)
        cls.kc.execute_interactive("1", timeout=TIMEOUT, output_hook=lambda message: None)

    def execute_helper(self, code, timeout=TIMEOUT, **options):
        return super().execute_helper(code, timeout, **options)

    def history_helper(self, execute_first, timeout=TIMEOUT, **options):
        return super().history_helper(execute_first, timeout, **options)

    def flush_channels(self):
        """Takes in everything that came before, instead of what comes within 0.1 s."""
        asked = self.kc.kernel_info()
        while self.kc.get_shell_msg(timeout=TIMEOUT)["parent_header"].get("msg_id") != asked:
            pass
        while True:
            message = self.kc.iopub_channel.get_msg()
            if message["parent_header"].get("msg_id") == asked and message["content"]["execution_state"] == "idle":
                return


class TestWelcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True
