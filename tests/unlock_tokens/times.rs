//! `nbf` and `exp`: present, whole numbers, at most 60 seconds apart, around now, without leeway.

use crate::{
    cases,
    maker::{NOW, good},
};

cases! {
    now_is_exp: good().at(NOW + 55) => Expired;
    expired_a_second_ago: good().at(NOW + 56) => Expired;
    expired_half_a_minute_ago: good().at(NOW + 85) => Expired;
    expired_an_hour_ago: good().at(NOW + 3600) => Expired;
    nbf_in_1_second: good().nbf(NOW + 1) => NotYetValid;
    nbf_in_an_hour: good().nbf(NOW + 3600).exp(NOW + 3660) => NotYetValid;
    a_second_before_nbf: good().at(NOW - 6) => NotYetValid;
    window_of_61_seconds: good().nbf(NOW - 5).exp(NOW + 56) => WindowTooLong;
    window_of_61_seconds_half_past: good().nbf(NOW - 30).exp(NOW + 31) => WindowTooLong;
    window_of_61_seconds_in_the_last_one: good().nbf(NOW - 60).exp(NOW + 1) => WindowTooLong;
    window_of_an_hour: good().exp(NOW + 3600) => WindowTooLong;
    window_of_a_year: good().exp(NOW + 31_536_000) => WindowTooLong;
    exp_before_nbf: good().nbf(NOW + 10).exp(NOW - 10) => BadClaims;
    exp_a_second_before_nbf: good().nbf(NOW).exp(NOW - 1) => BadClaims;
    exp_is_nbf: good().nbf(NOW).exp(NOW) => BadClaims;
    without_nbf: good().without_nbf() => BadClaims;
    without_exp: good().without_exp() => BadClaims;
    without_both: good().without_nbf().without_exp() => BadClaims;
    iat_in_place_of_nbf: good().without_nbf().extra(format!(r#""iat":{NOW}"#)) => BadClaims;
    capitalised_names: good().without_nbf().without_exp().extra(format!(r#""Nbf":{},"EXP":{}"#, NOW - 5, NOW + 55)) => BadClaims;
    exp_as_text: good().exp(format!("\"{}\"", NOW + 55)) => BadClaims;
    exp_null: good().exp("null") => BadClaims;
    exp_true: good().exp("true") => BadClaims;
    exp_as_list: good().exp(format!("[{}]", NOW + 55)) => BadClaims;
    exp_as_object: good().exp(format!(r#"{{"$numberLong":"{}"}}"#, NOW + 55)) => BadClaims;
    exp_as_empty_text: good().exp(r#""""#) => BadClaims;
    exp_as_a_date: good().exp(r#""2027-01-15T08:00:55Z""#) => BadClaims;
    nbf_as_text: good().nbf(format!("\"{}\"", NOW - 5)) => BadClaims;
    nbf_null: good().nbf("null") => BadClaims;
    nbf_false: good().nbf("false") => BadClaims;
    nbf_minus_1: good().nbf(-1) => WindowTooLong;
    nbf_0: good().nbf(0) => WindowTooLong;
    exp_negative: good().exp(-1) => BadClaims;
    both_negative: good().nbf(-100).exp(-50) => Expired;
    both_in_milliseconds: good().nbf((NOW - 5) * 1000).exp((NOW + 55) * 1000) => WindowTooLong;
    exp_in_milliseconds: good().exp((NOW + 55) * 1000) => WindowTooLong;
    nbf_in_milliseconds: good().nbf((NOW - 5) * 1000) => BadClaims;
    exp_of_the_greatest_i64: good().exp(i64::MAX) => WindowTooLong;
    exp_of_one_more: good().exp("9223372036854775808") => BadClaims;
    exp_of_the_greatest_u64: good().exp(u64::MAX) => BadClaims;
    exp_that_would_wrap_around_to_a_good_one: good().exp((1_i128 << 64) + i128::from(NOW) + 55) => BadClaims;
    nbf_that_would_wrap_around_to_a_good_one: good().nbf(i128::from(NOW) - 5 - (1_i128 << 64)) => BadClaims;
    the_widest_window: good().nbf(i64::MIN).exp(i64::MAX) => WindowTooLong;
    the_widest_window_backwards: good().nbf(i64::MAX).exp(i64::MIN) => BadClaims;
    the_least_numbers: good().nbf(i64::MIN).exp(i64::MIN + 60) => Expired;
    the_greatest_numbers: good().nbf(i64::MAX - 60).exp(i64::MAX) => NotYetValid;
    the_least_now: good().at(i64::MIN) => NotYetValid;
    the_greatest_now: good().at(i64::MAX) => Expired;
    exp_beyond_any_number: good().exp("1e400") => BadClaims;
    exp_as_a_float_without_fraction: good().exp(format!("{}.0", NOW + 55)) => BadClaims;
    exp_as_a_float: good().exp(format!("{}.9", NOW + 54)) => BadClaims;
    nbf_as_a_float: good().nbf(format!("{}.25", NOW - 5)) => BadClaims;
    exp_with_exponent: good().exp("18e8").at(1_799_999_990) => BadClaims;
    exp_not_a_number: good().exp("NaN") => Malformed;
    exp_infinity: good().exp("Infinity") => Malformed;
    exp_minus_infinity: good().exp("-Infinity") => Malformed;
    exp_with_leading_zero: good().exp(format!("0{}", NOW + 55)) => Malformed;
    exp_in_hex: good().exp(format!("{:#x}", NOW + 55)) => Malformed;
    exp_with_plus: good().exp(format!("+{}", NOW + 55)) => Malformed;
    exp_with_underscores: good().exp("1_800_000_055") => Malformed;
    exp_without_value: good().exp("") => Malformed;
    exp_with_a_bare_dot: good().exp(format!("{}.", NOW + 55)) => Malformed;
}
