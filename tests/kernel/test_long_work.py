"""Long work tells how far it has come, and a client that is shown tells what its threads are doing."""

import re

# Eight items for two threads; the first two wait for the test.
MAP = """
let items: Vec<u64> = (0..8).collect();
Pool::new(2)?.map(&items, |n| {{ if *n < 2 {{ {wait} }} *n }})?.len()
"""


def displays(cell):
    """The displays of a cell: id and the texts that were shown under it, in their order."""
    shown: dict[str, list[dict]] = {}
    for message in cell.of("display_data", "update_display_data"):
        key = message.content["transient"]["display_id"]
        assert (key in shown) == (message.type == "update_display_data"), "shown once, then updated"
        shown.setdefault(key, []).append(message.content["data"])
    return shown


def bar_of(cell):
    bars = [views for views in displays(cell).values() if "iso-work" in views[0]["text/html"]]
    assert len(bars) == 1, cell.describe()
    return bars[0]


def wait_for_update(kernel, cell, words, seen=lambda cell: cell.of("display_data", "update_display_data")):
    def came():
        return any(words in message.content["data"]["text/plain"] for message in seen(cell))

    kernel.wait_until(came, what=f"a view with {words!r}")


def test_long_work_is_one_display_that_is_updated_and_ends_as_one_line(kernel, gates):
    (gate,) = gates()
    cell = kernel.begin(MAP.format(wait=gate.wait))
    wait_for_update(kernel, cell, "2 of 2 threads busy")
    gate.open()
    kernel.finish(cell)
    views = bar_of(cell)
    first, last = views[0], views[-1]
    assert first["text/plain"].startswith("pool.map: 0 % (0 of 8 items)"), first
    assert 'role="progressbar"' in first["text/html"] and "B memory" in first["text/html"]
    assert re.fullmatch(
        r"pool\.map: 8 items in \S+ s \(.*\), peak \S+ \S+", last["text/plain"]
    ), last["text/plain"]
    assert "progressbar" not in last["text/html"] and "\n" not in last["text/plain"]
    assert cell.text == "8"


def test_files_are_called_files(kernel, gates):
    (gate,) = gates()
    cell = kernel.begin(f'let paths = vec![PathBuf::from("a.tif"); 2];\nPool::new(2)?.map(&paths, |_| {{ {gate.wait} }})?;')
    wait_for_update(kernel, cell, "0 of 2 files")
    gate.open()
    kernel.finish(cell)
    assert bar_of(cell)[-1]["text/plain"].startswith("pool.map: 2 files in ")


def test_stop_ends_the_bar_with_how_far_it_came(kernel, gates):
    (gate,) = gates()
    items = "let items: Vec<u64> = (0..8).collect();"
    cell = kernel.begin(f"{items}\nPool::new(2)?.map(&items, |n| {{ if *n > 2 {{ {gate.wait} }} }})?;")
    wait_for_update(kernel, cell, "3 of 8 items")
    kernel.stop(cell)
    assert bar_of(cell)[-1]["text/plain"].startswith("pool.map: stopped after 3 of 8 items (37 %), ")


def test_an_error_ends_the_bar_with_how_far_it_came(kernel, gates):
    (gate,) = gates()
    cell = kernel.begin(f"""
fn root(n: &f64) -> Result<f64> {{
    if *n >= 0.0 {{ return Ok(n.sqrt()); }}
    {gate.wait}
    Err(Error::new(ErrorKind::InvalidArgument, "it is negative"))
}}
Pool::new(1)?.try_map(&[4.0, -1.0, 9.0], root)?;
""")
    wait_for_update(kernel, cell, "1 of 3 items")
    gate.open()
    kernel.finish(cell)
    assert "it is negative" in cell.errors[0]["evalue"]
    assert bar_of(cell)[-1]["text/plain"].startswith("pool.try_map: ended early, after 1 of 3 items (33 %), ")


def test_short_work_shows_nothing(kernel):
    cell = kernel.ok("Pool::new(2)?.map(&[1, 2, 3], |n| n + 1)?.len()")
    assert not cell.of("display_data", "update_display_data"), cell.describe()


# A client that is shown


def shown_client(kernel, threads=2):
    """Shows a client: the id of its card, and what it shows at first."""
    cell = kernel.ok(f"let live_client = Client::new({threads})?;\nlive_client")
    ((key, views),) = displays(cell).items()
    assert not cell.of("execute_result"), "frontends do not update results"
    return key, views[0]


def updates(cell, key):
    messages = cell.of("update_display_data")
    return [m.content["data"] for m in messages if m.content["transient"]["display_id"] == key]


def test_a_client_is_shown_at_rest(fresh_kernel):
    _, view = shown_client(fresh_kernel, 3)
    assert view["text/plain"].startswith("Client: 3 threads on ")
    assert view["text/html"].count("<svg") == 3 and "Nothing has run yet" in view["text/html"]


def test_the_card_follows_work_in_later_cells_and_rests_afterwards(fresh_kernel, gates):
    kernel = fresh_kernel
    key, _ = shown_client(kernel)
    (gate,) = gates()
    paths = 'let days: Vec<PathBuf> = (1..=4).map(|n| PathBuf::from(format!("/data/day_{n}.tif"))).collect();'
    cell = kernel.begin(f"{paths}\nPool::new(2)?.map(&days, |_| {{ {gate.wait} }})?;")

    def card(words):
        return any(words in view["text/plain"] for view in updates(cell, key))

    kernel.wait_until(lambda: card("| day_1.tif") and card("| day_2.tif"), what="both threads' items on the card")
    gate.open()
    kernel.finish(cell)
    last = updates(cell, key)[-1]
    assert "pool.map: 4 files in " in last["text/plain"] and "% busy" in last["text/plain"]
    assert "iso-track\"" not in last["text/html"], "no bar is left"
    assert all(len(view["text/html"]) < 60_000 for view in updates(cell, key))


def test_computing_shows_files_and_what_is_done_with_them(fresh_kernel, gates):
    kernel = fresh_kernel
    kernel.ok('let grid = PathBuf::from("grid.tif");')
    write = "let mut writer = Raster::create(&grid, &RasterMeta::new(64, 64, DType::F32))?;"
    kernel.ok("use isopleth::array::DType;")
    kernel.ok(f"{{ {write} writer.write(&Array2::<f32>::ones((64, 64)), 1)?; writer.finish()?; }}")
    key, _ = shown_client(kernel)
    (gate,) = gates()
    # The function of `map` runs within the plan: there the work waits for the test.
    kernel.ok(f"fn waits(v: f64) -> f64 {{ {gate.wait} v }}")
    cell = kernel.begin(
        "let lazy = open_rasters(&[grid.clone(), grid.clone()])?.map(waits)?;\nlazy.mean(\"y\")?.compute()?.shape().len()"
    )
    kernel.wait_until(lambda: any("| grid.tif" in v["text/plain"] for v in updates(cell, key)), what="the file in work")
    gate.open()
    kernel.finish(cell)
    last = updates(cell, key)[-1]
    assert "computing: " in last["text/plain"] and " 1 window in " in last["text/plain"], last["text/plain"]
    for part in ("lazy-1", "reading ", "computing "):
        assert part in last["text/html"], part


def test_short_work_leaves_the_card_alone(fresh_kernel):
    kernel = fresh_kernel
    key, _ = shown_client(kernel)
    cell = kernel.ok("for _ in 0..50 { Pool::new(2)?.map(&[1, 2], |n| n + 1)?; }")
    assert updates(cell, key) == []


def test_stop_leaves_a_card_that_says_so(fresh_kernel, gates):
    kernel = fresh_kernel
    key, _ = shown_client(kernel)
    (gate,) = gates()
    cell = kernel.begin(f"Pool::new(2)?.map(&[1, 2], |_| {{ {gate.wait} }})?;")
    kernel.wait_until(lambda: updates(cell, key), what="the card")
    kernel.stop(cell)
    assert "pool.map: stopped after 0 of 2 items" in updates(cell, key)[-1]["text/plain"]


def test_a_new_client_takes_over_from_the_one_before(fresh_kernel, gates):
    kernel = fresh_kernel
    old, _ = shown_client(kernel)
    new, _ = shown_client(kernel, 1)
    (gate,) = gates()
    cell = kernel.begin(f"Pool::new(1)?.map(&[1], |_| {{ {gate.wait} }})?;")
    kernel.wait_until(lambda: updates(cell, new), what="the new card")
    gate.open()
    kernel.finish(cell)
    assert updates(cell, old) == []


def test_a_client_that_is_shown_again_shows_the_last_work(fresh_kernel, gates):
    kernel = fresh_kernel
    first, _ = shown_client(kernel)
    (gate,) = gates()
    cell = kernel.begin(f"Pool::new(2)?.map(&[1, 2], |_| {{ {gate.wait} }})?;")
    kernel.wait_until(lambda: updates(cell, first), what="the card")
    gate.open()
    kernel.finish(cell)
    ((second, views),) = displays(kernel.ok("show(&live_client);")).items()
    assert second != first and "pool.map: 2 items in " in views[0]["text/plain"]


def test_without_a_card_nothing_but_the_bar_is_sent(fresh_kernel, gates):
    (gate,) = gates()
    cell = fresh_kernel.begin(f"let quiet = Client::new(2)?;\nPool::new(2)?.map(&[1, 2], |_| {{ {gate.wait} }})?;")
    wait_for_update(fresh_kernel, cell, "0 of 2 items")
    gate.open()
    fresh_kernel.finish(cell)
    assert len(displays(cell)) == 1


def test_a_silent_cell_shows_no_client(fresh_kernel):
    cell = fresh_kernel.ok("Client::new(2)?", silent=True)
    assert cell.shown == []


def test_a_pool_says_what_it_is_good_for(kernel):
    cell = kernel.ok("Pool::new(3)?")
    assert cell.text.startswith("Pool: 3 threads on ")
    assert "try_map" in cell.shown[0]["text/html"]
