//! Logs: one line of JSON per event, to standard error. What may stand in a log line is decided where it is written;
//! queries, cookies and bodies never are.

use tracing_subscriber::EnvFilter;

/// How logs look and what is left out; for every command.
#[derive(Debug, Clone, clap::Args)]
pub struct LogArgs {
    /// Which logs to write, in the syntax of tracing's filters: `info`, `warn`, `vestibule=debug`.
    #[arg(
        long,
        env = "VESTIBULE_LOG",
        default_value = "info",
        value_name = "FILTER",
        global = true
    )]
    pub log: String,
    /// `json` for machines, `text` for people.
    #[arg(
        long,
        env = "VESTIBULE_LOG_FORMAT",
        default_value = "json",
        value_name = "FORMAT",
        global = true
    )]
    pub log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum LogFormat {
    Json,
    Text,
}

/// Starts logging; a filter that cannot be read falls back to `info` and says so.
pub fn start(args: &LogArgs) {
    let parsed = EnvFilter::try_new(&args.log);
    let wrong = parsed.as_ref().err().map(ToString::to_string);
    let filter = parsed.unwrap_or_else(|_wrong_filter| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second start (a test that starts two servers) keeps the first one's logs.
    let started = match args.log_format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder.compact().try_init(),
    };
    if let (Ok(()), Some(wrong)) = (started, wrong) {
        tracing::warn!(
            filter = args.log,
            error = wrong,
            "VESTIBULE_LOG cannot be read, using info"
        );
    }
}
