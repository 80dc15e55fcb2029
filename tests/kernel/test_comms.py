"""Comms: what frontends open, and what cells open with `Comm`."""

from harness.kernel import TIMEOUT


def send(kernel, msg_type: str, **content) -> str:
    message = kernel.client.session.msg(msg_type, content)
    kernel.client.shell_channel.send(message)
    return message["header"]["msg_id"]


def on_iopub(kernel, wanted: str, parent: str | None = None, **content) -> dict:
    """The next message of the type on IOPub, whose parent and content are as given."""
    while True:
        message = kernel.client.get_iopub_msg(timeout=TIMEOUT)
        kernel._from_iopub(message)
        if message["msg_type"] != wanted or parent not in (None, message["parent_header"].get("msg_id")):
            continue
        if all(message["content"][key] == value for key, value in content.items()):
            return message


def test_a_target_that_nobody_knows_is_closed_at_once(kernel):
    asked = send(kernel, "comm_open", comm_id="from-frontend", target_name="no.such.target", data={"a": 1})
    closed = on_iopub(kernel, "comm_close", asked)
    assert closed["content"] == {"comm_id": "from-frontend", "data": {}}
    assert kernel.ask("comm_info")["comms"] == {}


def test_messages_for_comms_that_do_not_exist_do_no_harm(kernel):
    for msg_type in ("comm_msg", "comm_close"):
        asked = send(kernel, msg_type, comm_id="never-opened", data={})
        on_iopub(kernel, "status", asked, execution_state="idle")
    assert kernel.ok("1 + 1").text == "2"


def test_a_cell_opens_a_comm_and_talks_with_the_frontend(kernel):
    cell = kernel.ok("""
let talking = Comm::open("my.target", r#"{"hello": "from a cell"}"#)?;
talking.send(r#"{"step": 1}"#)?;
""")
    opened, said = (cell.of(kind)[0].content for kind in ("comm_open", "comm_msg"))
    assert opened["target_name"] == "my.target" and opened["data"] == {"hello": "from a cell"}
    assert said == {"comm_id": opened["comm_id"], "data": {"step": 1}}
    # One that was sent between the cells waits for the next.
    send(kernel, "comm_msg", comm_id=opened["comm_id"], data={"answer": 42})
    code = 'println!("started"); talking.receive(Duration::from_secs(60))?.unwrap()'
    cell = kernel.ok(code)
    assert cell.text == r'"{\"answer\":42}"'
    # And one that comes while the cell waits ends the waiting.
    cell = kernel.begin(code)
    kernel.until_prints(cell)
    send(kernel, "comm_msg", comm_id=opened["comm_id"], data={"ä": [1, None]})
    assert kernel.finish(cell).text == r'"{\"ä\":[1,null]}"'
    assert kernel.ok("talking.receive(Duration::ZERO)?").text == "None"
    closed = kernel.ok("drop(talking);").of("comm_close")[0].content
    assert closed["comm_id"] == opened["comm_id"]


def test_open_comms_are_listed_by_target(kernel):
    kernel.ok('let listed_first = Comm::open("target.a", "{}")?; let listed_second = Comm::open("target.b", "{}")?;')
    comms = kernel.ask("comm_info")["comms"]
    assert sorted(comm["target_name"] for comm in comms.values()) == ["target.a", "target.b"]
    only = kernel.ask("comm_info", target_name="target.b")["comms"]
    assert [comm["target_name"] for comm in only.values()] == ["target.b"]
    kernel.ok("drop(listed_first); drop(listed_second);")
    assert kernel.ask("comm_info")["comms"] == {}


def test_a_comm_that_the_frontend_closes_is_closed(kernel):
    opened = kernel.ok('let closed_by_frontend = Comm::open("t", "{}")?;').of("comm_open")[0].content
    send(kernel, "comm_msg", comm_id=opened["comm_id"], data={"last": "words"})
    send(kernel, "comm_close", comm_id=opened["comm_id"], data={})
    assert "words" in kernel.ok("closed_by_frontend.receive(Duration::from_secs(60))?.unwrap()").text
    error = kernel.fail("closed_by_frontend.receive(Duration::from_secs(60))?")
    assert "closed" in error["evalue"]
    error = kernel.fail('closed_by_frontend.send("{}")?')
    assert "closed" in error["evalue"]
    assert not kernel.ok("drop(closed_by_frontend);").of("comm_close"), "it is closed already"


def test_data_that_are_no_object_are_refused(kernel):
    error = kernel.fail('Comm::open("t", "[1, 2]")?')
    assert "[1, 2]" in error["evalue"] and "JSON object" in error["evalue"]


def test_stop_ends_the_waiting_for_a_message(kernel):
    kernel.ok('let waiting_comm = Comm::open("t", "{}")?;')
    kernel.run_and_stop('println!("started"); waiting_comm.receive(Duration::from_secs(600))?;')
    kernel.ok("drop(waiting_comm);")


def test_comms_end_with_the_process_of_the_cells(fresh_kernel):
    opened = fresh_kernel.ok('let doomed_comm = Comm::open("t", "{}")?;').of("comm_open")[0].content
    cell = fresh_kernel.execute("std::process::exit(3)")
    assert [message.content["comm_id"] for message in cell.of("comm_close")] == [opened["comm_id"]]
    assert fresh_kernel.ask("comm_info")["comms"] == {}
