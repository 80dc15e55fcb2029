"""A cell that asks the person at the notebook: `input`, `password`, and what reads stdin."""

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from harness.kernel import TIMEOUT, without_colours


def question(kernel) -> dict:
    message = kernel.client.get_stdin_msg(timeout=TIMEOUT)
    assert message["msg_type"] == "input_request"
    return message


def asks_nothing(kernel) -> bool:
    return not kernel.client.stdin_channel.msg_ready()


def answer(kernel, value: str, request: dict | None = None) -> None:
    """Replies as jupyter_client does, without a parent; with `request`, as JupyterLab does, naming the question."""
    session = kernel.client.session
    parent = request["header"] if request else {}
    kernel.client.stdin_channel.send(session.msg("input_reply", {"value": value}, parent=parent))


def test_input_returns_the_line_that_was_typed(kernel):
    cell = kernel.begin('let asked_name = input("Your name? ");\nformat!("Hello, {asked_name}!")')
    request = question(kernel)
    assert request["content"] == {"prompt": "Your name? ", "password": False}
    assert request["parent_header"]["msg_type"] == "execute_request"
    answer(kernel, "Zoë 😀", request)
    assert kernel.finish(cell).text == '"Hello, Zoë 😀!"'
    assert kernel.ok("asked_name.len()").text == "9"


def test_a_client_that_names_no_question_is_understood(kernel):
    cell = kernel.begin('input("")')
    question(kernel)
    kernel.client.input("plain")
    assert kernel.finish(cell).text == '"plain"'


def test_password_asks_for_a_hidden_field(kernel):
    cell = kernel.begin('let secret_word = password("Token: ");\nsecret_word.len()')
    request = question(kernel)
    assert request["content"] == {"prompt": "Token: ", "password": True}
    answer(kernel, "s3cret", request)
    assert kernel.finish(cell).text == "6"
    assert "s3cret" not in str(cell.messages)


def test_questions_come_one_after_the_other_with_the_text_between(kernel):
    cell = kernel.begin("""
let sides: Vec<u32> = (0..3).map(|i| { println!("side {i}"); input("? ").parse().unwrap() }).collect();
sides.iter().sum::<u32>()
""")
    for value in ("1", "20", "300"):
        request = question(kernel)
        answer(kernel, value, request)
    assert kernel.finish(cell).text == "321"
    assert cell.stdout == "side 0\nside 1\nside 2\n"


def test_text_without_a_newline_is_there_before_the_question(kernel):
    cell = kernel.begin('print!("Your age: ");\nlet mut age = String::new();\nstd::io::stdin().read_line(&mut age)?;\nage')
    request = question(kernel)
    kernel.wait_until(lambda: cell.stdout == "Your age: ", what="the text before the question")
    answer(kernel, "44", request)
    assert kernel.finish(cell).text == '"44\\n"'


def test_stdin_reads_several_lines(kernel):
    cell = kernel.begin("""
let typed: Vec<String> = std::io::stdin().lines().take(3).collect::<std::io::Result<_>>()?;
(typed[0].as_str(), typed[1].as_str(), typed[2].chars().count())
""")
    for value in ("first", "", "ä" * 5000):
        answer(kernel, value, question(kernel))
    assert kernel.finish(cell).text == '("first", "", 5000)'


def test_control_d_ends_the_input(kernel):
    cell = kernel.begin('let whole_input = std::io::read_to_string(std::io::stdin())?;\nwhole_input')
    for value in ("one", "two", "\x04"):
        answer(kernel, value, question(kernel))
    assert kernel.finish(cell).text == '"one\\ntwo\\n"'


def test_control_d_is_no_line_for_input(kernel):
    cell = kernel.begin('input("Go on? ")')
    answer(kernel, "\x04", question(kernel))
    error = kernel.finish(cell).errors[0]
    assert "Go on?" in error["evalue"] and "Ctrl-D" in error["evalue"]


def test_threads_ask_one_at_a_time(kernel):
    cell = kernel.begin("""
let from_threads: Vec<String> = thread::scope(|scope| {
    let threads: Vec<_> = (0..4).map(|i| scope.spawn(move || format!("{i}={}", input(format!("{i}? "))))).collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
});
from_threads
""")
    for _ in range(4):
        request = question(kernel)
        assert asks_nothing(kernel), "a second question while the first is open"
        answer(kernel, request["content"]["prompt"][0] * 2, request)
    assert kernel.finish(cell).text == '["0=00", "1=11", "2=22", "3=33"]'


def test_a_stale_reply_answers_nothing(kernel):
    cell = kernel.begin('input("first? ")')
    first = question(kernel)
    answer(kernel, "one", first)
    kernel.finish(cell)
    # A second answer to the first question, before and while the next is open.
    answer(kernel, "stale", first)
    kernel.ok("1")
    cell = kernel.begin('input("second? ")')
    second = question(kernel)
    answer(kernel, "stale too", first)
    answer(kernel, "two", second)
    assert kernel.finish(cell).text == '"two"'


def test_another_frontend_cannot_answer(kernel):
    cell = kernel.begin('input("who? ")')
    request = question(kernel)
    # With an identity of its own, as a second browser has.
    other = BlockingKernelClient(connection_file=kernel.manager.connection_file)
    other.load_connection_file()
    other.start_channels(iopub=False, shell=False, hb=False, control=False)
    try:
        other.stdin_channel.send(other.session.msg("input_reply", {"value": "not asked"}, parent=request["header"]))
        kernel.ask("kernel_info")
        answer(kernel, "the one who was asked", request)
        assert kernel.finish(cell).text == '"the one who was asked"'
    finally:
        other.stop_channels()


def test_input_says_why_nobody_can_be_asked(kernel):
    cell = kernel.execute('let unasked = input("Name? ");', allow_stdin=False)
    assert cell.status == "error"
    (error,) = cell.errors
    assert "Name?" in error["evalue"] and "allow_stdin" in error["evalue"], error
    assert "line 1 of this cell" in without_colours("\n".join(error["traceback"]))
    assert asks_nothing(kernel)


def test_stdin_is_at_its_end_where_nobody_can_be_asked(kernel):
    cell = kernel.execute("let mut unread = String::new();\nstd::io::stdin().read_line(&mut unread)?", allow_stdin=False)
    assert cell.status == "ok" and cell.text == "0"
    assert asks_nothing(kernel)


def test_a_child_process_finds_the_end_of_its_input(kernel):
    assert kernel.ok('std::process::Command::new("cat").output()?.stdout.len()').text == "0"
    assert asks_nothing(kernel)


def test_other_files_are_read_as_ever(kernel, tmp_path):
    (tmp_path / "words.txt").write_text("some words")
    assert kernel.ok(f'std::fs::read_to_string("{tmp_path}/words.txt")?').text == '"some words"'


@pytest.mark.parametrize(
    "code",
    [
        'let never_typed = input("wait? ");',
        "let mut never_read = String::new(); std::io::stdin().read_line(&mut never_read)?;",
        "let mut never_unwrapped = String::new(); std::io::stdin().read_line(&mut never_unwrapped).unwrap();",
        'let from_pool = Pool::new(2)?.map(&[1, 2], |i| input(format!("{i}? ")))?;',
    ],
    ids=["input", "stdin with ?", "stdin with unwrap", "in a pool"],
)
def test_stop_ends_the_waiting_and_keeps_the_variables(kernel, code):
    kernel.ok("let kept_over_stop = 7;")
    cell = kernel.begin(code)
    request = question(kernel)
    kernel.stop(cell)
    # The field is still open in the notebook: what is typed there now is for nobody.
    answer(kernel, "too late", request)
    assert kernel.ok("kept_over_stop").text == "7"
    cell = kernel.begin('input("again? ")')
    answer(kernel, "yes", question(kernel))
    assert kernel.finish(cell).text == '"yes"'


def test_a_question_of_a_thread_that_outlives_its_cell_is_withdrawn(kernel):
    cell = kernel.begin("""
thread::spawn(|| input("left behind? "));
thread::sleep(Duration::from_millis(500));
""")
    left = question(kernel)
    kernel.finish(cell)
    cell = kernel.begin('input("mine? ")')
    request = question(kernel)
    answer(kernel, "for the thread", left)
    answer(kernel, "for the cell", request)
    assert kernel.finish(cell).text == '"for the cell"'


def test_completion_and_kernel_info_do_not_wait_for_an_answer(kernel):
    cell = kernel.begin('input("slowly? ")')
    request = question(kernel)
    assert kernel.ask("complete", "lesson_d", 8)["matches"]
    kernel.ask("kernel_info")
    assert cell.idle is None
    answer(kernel, "there", request)
    assert kernel.finish(cell).text == '"there"'


@pytest.mark.parametrize("way", ["restart", "shutdown"])
def test_a_kernel_that_waits_for_input_can_be_ended(fresh_kernel, way):
    kernel = fresh_kernel
    kernel.begin('input("never answered? ")')
    question(kernel)
    processes = kernel.marked.now()
    if way == "restart":
        kernel.restart()
        assert kernel.ok("1 + 1").text == "2"
    else:
        kernel.shutdown()
    assert kernel.marked.gone(processes) == []
