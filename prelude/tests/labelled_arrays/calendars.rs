//! Dates of other calendars, and dates far from today, do what dates do.
//!
//! `t = xr.date_range("2000-01-01", periods=720, freq="D", calendar="360_day", use_cftime=True)`,
//! `a = A(np.arange(720.), {"time": t}, ["time"])`; `b` is the same with 800 days of noleap from 1999-12-30.

use crate::{assert_close, line, message, numbers};
use isopleth::array::{ConvertCalendar, DType, DataArray, Method, Values, concat, merge};
use isopleth::sel;
use isopleth::time::{Calendar, CfTime, CfTimes, Step, date_range, date_range_in};

fn days(calendar: Calendar, start: &str, periods: usize) -> DataArray {
    let time = date_range_in(calendar, start, periods, Step::Days(1)).expect("days");
    line("time", time, (0..periods).map(|n| n as f64).collect::<Vec<_>>()).name("a")
}

fn a() -> DataArray {
    days(Calendar::Day360, "2000-01-01", 720)
}

fn b() -> DataArray {
    days(Calendar::NoLeap, "1999-12-30", 800)
}

fn times(array: &DataArray) -> Vec<String> {
    array.get_coord("time").and_then(|time| time.to_texts()).expect("texts")
}

// Expected: a.sel(time="2000-02"), a.sel(time="2001").size, a.sel(time=slice("2000-02-29", "2000-03-01")),
// a.sel(time=cftime.Datetime360Day(2000, 2, 30, 5), method="nearest")
#[test]
fn labels_are_found_by_text_of_their_calendar() {
    let a = a();
    let february = numbers(&a.sel(sel! { time: "2000-02" }).unwrap());
    assert_eq!((february[0], february[29], february.len()), (30.0, 59.0, 30));
    assert_eq!(a.sel(sel! { time: "2001" }).unwrap().size(), 360);
    assert_eq!(numbers(&a.sel(sel! { time: "2000-02-29"..="2000-03-01" }).unwrap()), [58.0, 59.0, 60.0]);
    // a.sel(time="2000-02-30").shape is (1,), a.sel(time=cftime.Datetime360Day(2000, 2, 30)).shape ()
    for written in ["2000-02-30", "20000230", "2000-02-30T00"] {
        let day = a.sel(sel! { time: written }).unwrap();
        assert_eq!((day.shape(), numbers(&day)), (&[1][..], vec![59.0]));
    }
    let day = a.sel(sel! { time: CfTime::parse(Calendar::Day360, "2000-02-30").unwrap() }).unwrap();
    assert_eq!((day.shape(), day.item().unwrap()), (&[][..], 59.0));
    assert!(message(a.sel(sel! { time: "2000-02-30T06" })).contains("no label"));
    let at = CfTime::parse(Calendar::Day360, "2000-02-30T05").unwrap();
    assert_eq!(a.sel_nearest(sel! { time: at }).unwrap().item().unwrap(), 59.0);
    assert_eq!(a.sel_method(sel! { time: "2000-02-30T05" }, Method::Pad, 1.0).unwrap().item().unwrap(), 59.0);
    let error = message(a.sel(sel! { time: "2000-02-31" }));
    assert!(error.contains("360_day"), "{error}");
    assert!(message(a.sel(sel! { time: 5 })).contains("360_day"));
}

// Expected: a.groupby("time.month").mean(), a.groupby("time.season").mean()
#[test]
fn groups_are_those_of_the_calendars_own_months() {
    let monthly = a().groupby("time.month").unwrap().mean().unwrap();
    assert_close(&monthly, &(0..12).map(|n| 194.5 + 30.0 * f64::from(n)).collect::<Vec<_>>());
    let seasons = a().groupby("time.season").unwrap().mean().unwrap();
    assert_eq!(seasons.get_coord("season").unwrap().to_texts().unwrap(), ["DJF", "JJA", "MAM", "SON"]);
    assert_close(&seasons, &[314.5, 374.5, 284.5, 464.5]);
}

// Expected: a[3:400].resample(time=f).sum() for each frequency f
#[test]
fn bins_of_time_are_xarrays() {
    let part = a().isel_dim("time", 3..400).unwrap();
    let bins = |frequency: &str| {
        let sums = part.resample("time", frequency).unwrap().sum().unwrap();
        (times(&sums), numbers(&sums))
    };
    let (labels, sums) = bins("ME");
    assert_eq!((labels[1].as_str(), labels.len()), ("2000-02-30", 14));
    assert_eq!((sums[0], sums[1], sums[13]), (432.0, 1335.0, 3945.0));
    let seasons = ["1999-12-01", "2000-03-01", "2000-06-01", "2000-09-01", "2000-12-01"].map(String::from);
    assert_eq!(bins("QS-DEC"), (seasons.to_vec(), vec![1767.0, 9405.0, 17505.0, 25605.0, 25515.0]));
    assert_eq!(bins("YE"), (vec!["2000-12-30".into(), "2001-12-30".into()], vec![64617.0, 15180.0]));
    assert_eq!(bins("2MS").1, [1767.0, 5370.0, 8970.0, 12570.0, 16170.0, 19770.0, 15180.0]);
    let (labels, sums) = bins("5D");
    assert_eq!((labels[6].as_str(), sums[6], sums[79]), ("2000-02-04", 175.0, 797.0));
    assert!(message(part.resample("time", "W").unwrap().sum()).contains("7D"));
    let hourly = date_range_in(Calendar::Day360, "2000-02-29T03", 10, Step::Hours(5)).unwrap();
    let hourly = line("time", hourly, (0..10).map(f64::from).collect::<Vec<_>>());
    assert_close(&hourly.resample("time", "12h").unwrap().mean().unwrap(), &[0.5, 3.0, 5.5, 7.5, 9.0]);
}

// Expected: b.time.dt.dayofyear, .days_in_month, .strftime("%Y-%j"), .season, .dayofweek; b.time[10] - b.time[3];
// b.interp(time=[cftime.DatetimeNoLeap(2000, 1, 1, 6)])
#[test]
fn fields_and_arithmetic_go_by_the_calendar() {
    let b = b();
    let time = b.get_coord("time").unwrap();
    assert_eq!(time.dtype().name(), "cftime[noleap]");
    assert_eq!(time.dayofyear().to_vec::<i64>().unwrap()[..4], [364, 365, 1, 2]);
    assert_eq!(time.year().to_vec::<i64>().unwrap()[1..3], [1999, 2000]);
    assert_eq!(time.weekday().to_vec::<i64>().unwrap()[..3], [3, 4, 5]);
    assert_eq!(time.days_in_month().unwrap().to_vec::<i64>().unwrap()[60], 28);
    assert_eq!(time.strftime("%Y-%j").unwrap().to_texts().unwrap()[..2], ["1999-364", "1999-365"]);
    assert_eq!(time.season().unwrap().to_texts().unwrap()[0], "DJF");
    assert!(!time.is_leap_year().unwrap().to_vec::<bool>().unwrap()[10]);
    assert!(message(time.weekofyear()).contains("noleap"));
    let span = &time.isel_dim("time", 10).unwrap() - &time.isel_dim("time", 3).unwrap();
    assert_eq!((span.dtype(), span.item().unwrap()), (DType::F64, 7.0 * 86_400e9));
    let later = &time + 86_400_000_000_000i64;
    assert_eq!(later.to_texts().unwrap()[..2], ["1999-12-31", "2000-01-01"]);
    let at = CfTimes::parse(Calendar::NoLeap, ["2000-01-01T06"]).unwrap();
    assert_eq!(numbers(&b.interp("time", at).unwrap()), [2.25]);
    assert_eq!(numbers(&b.interp("time", ["2000-01-01T06"]).unwrap()), [2.25]);
    assert_eq!(time.gt("2000-01-01").sum(()).unwrap().item().unwrap(), 797.0);
    assert_eq!(time.isin(["2000-01-01", "2000-01-02"]).unwrap().sum(()).unwrap().item().unwrap(), 2.0);
}

#[test]
fn dates_are_sorted_joined_and_shown() {
    let dates = CfTimes::parse(Calendar::Day360, ["2000-02-30", "0001-01-01", "2000-02-29T06"]).unwrap();
    let c = line("time", dates, vec![1.0, 2.0, 3.0]);
    assert_eq!(numbers(&c.sort_by("time").unwrap()), [2.0, 3.0, 1.0]);
    let time = c.get_coord("time").unwrap();
    assert_eq!(time.max(()).unwrap().to_texts().unwrap(), ["2000-02-30"]);
    assert_eq!(time.min(()).unwrap().to_texts().unwrap(), ["0001-01-01"]);
    assert!(c.to_string().contains("2000-02-30T00:00:00") && time.to_string().contains("cftime[360_day]"), "{c}");
    let missing = time.where_(&time.gt("1000")).unwrap();
    assert_eq!(missing.to_texts().unwrap(), ["2000-02-30T00:00:00", "", "2000-02-29T06:00:00"]);
    assert_eq!(missing.count(()).unwrap().item().unwrap(), 2.0);
    let both = concat([&c, &c], "time").unwrap();
    assert_eq!(times(&both)[3], "2000-02-30T00:00:00");
    let model = a().isel_dim("time", 0..3).unwrap();
    assert_eq!(numbers(&(&model + &a())), [0.0, 2.0, 4.0]);
    let columns = Values::from(CfTimes::parse(Calendar::NoLeap, ["2000-01-01"]).unwrap());
    assert_eq!(columns.dtype(), DType::CfTime(Calendar::NoLeap));
}

// xr.DataArray(t, dims="time").diff("time").dtype for t of length 0, 1 and 3: timedelta64[ns] each time, which are int64 here
#[test]
fn differences_of_dates_have_one_type_whatever_their_number() {
    let real = line("time", date_range("2000-01-01", 3).unwrap(), vec![1, 2, 3]);
    let model = line("time", date_range_in(Calendar::NoLeap, "2000-01-01", 3, Step::Days(1)).unwrap(), vec![1, 2, 3]);
    for (array, dtype) in [(real, DType::I64), (model, DType::F64)] {
        let time = array.get_coord("time").unwrap();
        for length in [0, 1, 3] {
            let part = time.isel_dim("time", 0..length).unwrap();
            for n in [1, 2, 9] {
                assert_eq!(part.diff("time", n).unwrap().dtype(), dtype, "{n} of {length}");
            }
            assert_eq!(part.diff("time", 0).unwrap().dtype(), time.dtype());
        }
    }
}

#[test]
fn two_calendars_never_meet_and_the_error_says_what_to_do() {
    let other = days(Calendar::NoLeap, "2000-01-01", 3).name("b");
    for error in [
        message(merge([&a(), &other])),
        message(a().binary(isopleth::lazy::BinaryOp::Add, &other)),
        message(a().get_coord("time").unwrap().binary(isopleth::lazy::BinaryOp::Lt, other.get_coord("time").unwrap())),
    ] {
        assert!(error.contains("360_day") && error.contains("noleap") && error.contains("convert_calendar"), "{error}");
    }
    assert!(message(concat([&a(), &other], "time")).contains("noleap"));
}

// Expected: b.convert_calendar("standard", use_cftime=False), with missing=np.nan; and s = A(np.arange(800.), {"time":
// xr.date_range("1999-12-30", periods=800)}, ["time"]).convert_calendar("noleap"), ("360_day", align_on="date"), and
// a.convert_calendar("standard", align_on="date")
#[test]
fn dates_keep_their_names_in_another_calendar() {
    let real = b().convert_calendar("standard").unwrap();
    assert_eq!(real.get_coord("time").unwrap().dtype(), DType::DateTime);
    assert_eq!((times(&real)[60].as_str(), times(&real)[799].as_str(), real.size()), ("2000-02-28", "2002-03-09", 800));
    let whole = b().convert_calendar(ConvertCalendar::to("standard").unwrap().with_missing()).unwrap();
    assert_eq!(whole.size(), 801);
    assert!(whole.sel(sel! { time: "2000-02-29" }).unwrap().item().unwrap().is_nan());
    let s = line("time", date_range("1999-12-30", 800).unwrap(), (0..800).map(f64::from).collect::<Vec<_>>()).name("s");
    let noleap = s.convert_calendar(Calendar::NoLeap).unwrap();
    assert_eq!((noleap.size(), &times(&noleap)[60..62]), (799, &["2000-02-28".to_owned(), "2000-03-01".into()][..]));
    let short = s.convert_calendar("360_day").unwrap();
    assert_eq!((short.size(), &numbers(&short)[28..31]), (784, &[29.0, 30.0, 31.0][..]));
    let back = a().convert_calendar("standard").unwrap();
    assert_eq!((back.size(), &numbers(&back)[57..61]), (717, &[57.0, 58.0, 60.0, 61.0][..]));
    let both = merge([&s]).unwrap().convert_calendar("noleap").unwrap();
    assert_eq!(both["s"].size(), 799);
    let months = date_range_in(Calendar::Day360, "2000-01-30", 4, Step::Months(1)).unwrap();
    let months = line("time", months, vec![1.0, 2.0, 3.0, 4.0]).convert_calendar("noleap").unwrap();
    assert_eq!(times(&months), ["2000-01-30", "2000-03-30", "2000-04-30"]);
    assert!(message(s.convert_calendar("lunar")).contains("360_day"));
    assert!(message(s.convert_calendar(ConvertCalendar::from(Calendar::NoLeap).dim("t"))).contains("\"t\""));
}

fn with_gaps(from: Calendar, start: &str, periods: usize, step: Step, to: &str) -> (Vec<String>, Vec<f64>) {
    let time = date_range_in(from, start, periods, step).unwrap();
    let array = line("time", time, (0..periods).map(|n| n as f64).collect::<Vec<_>>());
    let whole = array.convert_calendar(ConvertCalendar::to(to).unwrap().with_missing()).unwrap();
    (times(&whole), numbers(&whole))
}

#[track_caller]
fn assert_filled((labels, numbers): (Vec<String>, Vec<f64>), expected: &[(&str, f64)]) {
    let (names, values): (Vec<&str>, Vec<f64>) = expected.iter().copied().unzip();
    assert_eq!(labels, names);
    let bits = |numbers: &[f64]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&numbers), bits(&values), "{numbers:?} is not {values:?}");
}

// Expected: A(np.arange(n), {"time": xr.date_range(start, periods=n, freq=f, calendar=c, use_cftime=True)}, ["time"])
// .convert_calendar(to, align_on="date", missing=np.nan) for f in MS, YS, ME, YE, D, 2D and 12h
#[test]
fn series_of_months_and_years_keep_their_values_where_missing_dates_are_put_in() {
    use Calendar::{Day360, NoLeap, Standard};
    let nan = f64::NAN;
    assert_filled(
        with_gaps(Day360, "2000-01-01", 3, Step::Months(1), "standard"),
        &[("2000-01-01", 0.0), ("2000-02-01", 1.0), ("2000-03-01", 2.0)],
    );
    assert_filled(
        with_gaps(NoLeap, "1999-01-01", 3, Step::Months(12), "standard"),
        &[("1999-01-01", 0.0), ("2000-01-01", 1.0), ("2001-01-01", 2.0)],
    );
    let ends = [("2000-01-31", 0.0), ("2000-02-29", nan), ("2000-03-31", 2.0), ("2000-04-30", 3.0)];
    assert_filled(with_gaps(NoLeap, "2000-01-31", 4, Step::Months(1), "standard"), &ends);
    assert_filled(
        with_gaps(Day360, "1999-12-30", 2, Step::Months(12), "standard"),
        &[("1999-12-31", nan), ("2000-12-31", nan)],
    );
    let ends = [("2000-01-30", nan), ("2000-02-30", nan), ("2000-03-30", nan), ("2000-04-30", 3.0)];
    assert_filled(with_gaps(Standard, "2000-01-31", 4, Step::Months(1), "360_day"), &ends);
    assert_filled(
        with_gaps(NoLeap, "2000-02-28", 3, Step::Months(12), "standard"),
        &[("2000-02-29", nan), ("2001-02-28", 1.0), ("2002-02-28", 2.0)],
    );
    // xarray takes these for steps of 30 days, which leave the fifteenth.
    assert_filled(
        with_gaps(Day360, "2000-01-15", 3, Step::Months(1), "standard"),
        &[("2000-01-15", 0.0), ("2000-02-15", 1.0), ("2000-03-15", 2.0)],
    );
}

// Expected: as above
#[test]
fn days_that_end_with_a_month_end_with_it_in_the_new_calendar_too() {
    use Calendar::Day360;
    let nan = f64::NAN;
    let days = [("2000-01-28", 0.0), ("2000-01-29", 1.0), ("2000-01-30", 2.0), ("2000-01-31", nan)];
    assert_filled(with_gaps(Day360, "2000-01-28", 3, Step::Days(1), "standard"), &days);
    let days = [("2001-02-28", nan), ("2001-03-02", 1.0), ("2001-03-04", 2.0), ("2001-03-06", 3.0)];
    assert_filled(with_gaps(Day360, "2001-02-30", 4, Step::Days(2), "standard"), &days);
    let hours = [("2001-02-28T00:00:00", nan), ("2001-02-28T12:00:00", nan)];
    assert_filled(with_gaps(Day360, "2001-02-29", 4, Step::Hours(12), "standard"), &hours);
}

// xarray counts no steps below a microsecond either ("Invalid frequency string provided").
#[test]
fn dates_finer_than_a_microsecond_have_no_place_in_other_calendars() {
    for steps in [[0, 500, 1000], [0, 1500, 3000]] {
        let fine = line("time", Values::from_nanoseconds(steps.to_vec()), vec![1.0, 2.0, 3.0]);
        for convert in [ConvertCalendar::to("julian").unwrap(), ConvertCalendar::to("julian").unwrap().with_missing()] {
            let error = message(fine.convert_calendar(convert));
            assert!(error.contains("microsecond"), "{error}");
        }
        let same = fine.convert_calendar(ConvertCalendar::to("standard").unwrap().with_missing()).unwrap();
        assert_eq!(times(&same), Values::from_nanoseconds(steps.to_vec()).to_texts());
    }
    let micro = line("time", Values::from_nanoseconds(vec![0, 1000, 2000]), vec![1.0, 2.0, 3.0]);
    let julian = micro.convert_calendar(ConvertCalendar::to("julian").unwrap().with_missing()).unwrap();
    assert_eq!((times(&julian)[1].as_str(), julian.size()), ("1970-01-01T00:00:00.000001", 3));
}

#[test]
fn missing_dates_are_put_in_only_where_the_steps_are_known() {
    let put_in = |dates: &[&str]| {
        let dates = CfTimes::parse(Calendar::NoLeap, dates).unwrap();
        let array = line("time", dates, vec![1.0, 2.0, 3.0]);
        message(array.convert_calendar(ConvertCalendar::to("standard").unwrap().with_missing()))
    };
    for dates in [["2000-01-01", "2000-01-03", "2000-01-04"], ["2000-03-01", "2000-02-01", "2000-01-01"]] {
        let error = put_in(&dates);
        assert!(error.contains("equal steps"), "{error}");
    }
}

#[test]
fn lazy_dates_answer_as_those_in_memory() {
    let time = b().get_coord("time").unwrap();
    let lazy = time.chunk([("time", 7)]).unwrap();
    assert!(lazy.is_lazy());
    let of = |array: &DataArray| {
        let later = array.where_(&array.month().eq(3)).unwrap();
        (
            numbers(&array.day()),
            later.max("time").unwrap().to_texts().unwrap(),
            later.count("time").unwrap().item().unwrap(),
        )
    };
    assert_eq!(of(&lazy), of(&time));
    let shifted = lazy.shift("time", 1).unwrap().ffill("time").unwrap().to_texts().unwrap();
    assert_eq!(shifted[..2], ["", "1999-12-30"]);
}
