"""What a cell prints: at once, whole, in order, and nothing else."""


def test_stdout_arrives_while_the_cell_runs(kernel, gates):
    (gate,) = gates()
    cell = kernel.begin(f'println!("first"); {gate.wait} println!("second");')
    kernel.until_prints(cell, "first\n")
    gate.open()
    assert kernel.finish(cell).stdout == "first\nsecond\n"


def test_half_a_line_arrives_without_waiting_for_its_end(kernel, gates):
    (gate,) = gates()
    cell = kernel.begin(f'print!("half"); {gate.wait} println!(" a line");')
    kernel.until_prints(cell, "half")
    gate.open()
    assert kernel.finish(cell).stdout == "half a line\n"


def test_text_without_a_newline_belongs_to_its_own_cell(kernel):
    assert kernel.ok('print!("abc");').stdout == "abc"
    assert kernel.ok('println!("next");').stdout == "next\n"


def test_carriage_returns_arrive_one_by_one(kernel, gates):
    days = gates(4)
    cell = kernel.begin("".join(f'print!("\\rday {day}"); {gate.wait}\n' for day, gate in enumerate(days)))
    for day, gate in enumerate(days):
        kernel.until_prints(cell, f"\rday {day}")
        gate.open()
    assert kernel.finish(cell).stdout == "\rday 0\rday 1\rday 2\rday 3"


def test_stderr_is_a_stream_of_its_own(kernel):
    cell = kernel.ok('eprintln!("careful"); println!("fine");')
    assert cell.stderr == "careful\n"
    assert cell.stdout == "fine\n"


def test_what_code_says_of_its_place_is_a_place_in_a_cell(kernel):
    cell = kernel.ok("let placed = 1;\n\ndbg!(placed + 1);\nprintln!(\"{} cell-no/lib.rs:1\", line!());")
    assert f"[cell [{cell.reply['execution_count']}]:3] placed + 1 = 2" in cell.stderr
    assert "cell-no/lib.rs:1" in cell.stdout, "what is no place of a cell stays as it is"


def test_a_quiet_cell_sends_no_stream(kernel):
    assert not kernel.ok("let quiet_streams = 1;").of("stream", "execute_result", "display_data")


def test_lines_of_many_threads_stay_whole(kernel):
    cell = kernel.ok("""
let line_numbers: Vec<usize> = (0..200).collect();
Pool::new(8)?.map(&line_numbers, |i| println!("line {i} of a thread"))?;
""")
    assert sorted(cell.stdout.splitlines()) == sorted(f"line {i} of a thread" for i in range(200))


def test_much_output_arrives_complete(kernel):
    cell = kernel.ok('for i in 0..100_000 { println!("{i}"); }')
    assert cell.stdout.splitlines() == [str(i) for i in range(100_000)]
    assert len(cell.of("stream")) < 20_000, "lines are batched: a message for each would drown a browser"


def test_letters_of_more_than_one_byte_survive_batching(kernel):
    assert kernel.ok('for _ in 0..30_000 { print!("é°😀"); }').stdout == "é°😀" * 30_000


def test_bytes_that_are_not_text_do_no_harm(kernel):
    cell = kernel.ok('use std::io::Write as _; std::io::stdout().write_all(b"a\\xffb\\n")?;')
    assert cell.stdout.startswith("a") and cell.stdout.endswith("b\n")
    assert kernel.ok('println!("still here");').stdout == "still here\n"


def test_output_of_a_child_process_is_shown(kernel):
    cell = kernel.ok('std::process::Command::new("echo").arg("from a child").status()?;')
    assert cell.stdout == "from a child\n"


def test_text_and_displays_keep_their_order(kernel):
    cell = kernel.ok('println!("before"); html("<b>middle</b>", "middle"); println!("after");')
    kinds = [m.content.get("text") or m.type for m in cell.of("stream", "display_data")]
    assert kinds == ["before\n", "display_data", "after\n"]


def test_a_burst_is_cut_with_a_note_and_the_cell_ends(kernel):
    cell = kernel.ok("""
use std::io::Write as _;
let burst_line = [b'x'; 99];
let mut burst_out = std::io::stdout().lock();
for _ in 0..1_000_000 { burst_out.write_all(&burst_line)?; burst_out.write_all(b"\\n")?; }
drop(burst_out);
eprintln!("the end of stderr is not lost in it");
""")
    assert cell.idle is not None
    assert len(cell.stdout) < 9 << 20, "100 MB would make the notebook unreadable"
    assert cell.stdout.count("output cut here") + cell.stderr.count("output cut here") == 1
    assert kernel.ok('println!("the next cell prints");').stdout == "the next cell prints\n"


def test_the_two_streams_keep_their_order(kernel):
    cell = kernel.ok("""
for turn in 0..5 {
    println!("out {turn}"); thread::sleep(Duration::from_millis(120));
    eprintln!("err {turn}"); thread::sleep(Duration::from_millis(120));
}
""")
    text = "".join(message.content["text"] for message in cell.of("stream"))
    assert text == "".join(f"out {turn}\nerr {turn}\n" for turn in range(5))


def test_the_last_bytes_before_a_crash_are_shown(fresh_kernel):
    cell = fresh_kernel.fail('print!("so far"); use std::io::Write as _; std::io::stdout().flush()?; std::process::abort()')
    assert cell["cell"].stdout == "so far"
