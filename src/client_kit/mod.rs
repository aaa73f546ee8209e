//! What integrators copy: the client sites of `examples/` and the HTML around the frame, filled in for one portal and
//! one share. The admin pages and the guide show the same texts.
//!
//! The unlock secret is not known here, and no snippet holds it.

pub mod frame;

/// What stands in the examples for the portal's address.
pub const SAMPLE_PORTAL: &str = "https://portal.example.com";

/// What stands in the examples for a share's id.
pub const SAMPLE_SHARE: &str = "00000000-0000-0000-0000-000000000000";

/// One file that is a client's whole site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientSite {
    /// Below `examples/`; part of ids in pages.
    pub folder: &'static str,
    pub language: &'static str,
    pub file: &'static str,
    /// The command that fetches its libraries; none where the language brings everything.
    pub install: Option<&'static str>,
    /// The command that starts it, beside the file.
    pub run: &'static str,
    pub is_tested: bool,
    source: &'static str,
}

impl ClientSite {
    /// The file with the address and the id in the place of the samples.
    pub fn source(&self, portal: &str, share: &str) -> String {
        self.source
            .replace(SAMPLE_PORTAL, portal)
            .replace(SAMPLE_SHARE, share)
    }
}

/// In the order in which pages show them.
pub const CLIENT_SITES: [ClientSite; 9] = [
    ClientSite {
        folder: "node",
        language: "Node.js, Express",
        file: "server.js",
        install: Some("npm install express jsonwebtoken"),
        run: "node server.js",
        is_tested: true,
        source: include_str!("../../examples/node/server.js"),
    },
    ClientSite {
        folder: "python-flask",
        language: "Python, Flask",
        file: "app.py",
        install: Some("pip install Flask PyJWT"),
        run: "python app.py",
        is_tested: true,
        source: include_str!("../../examples/python-flask/app.py"),
    },
    ClientSite {
        folder: "python-fastapi",
        language: "Python, FastAPI",
        file: "app.py",
        install: Some("pip install fastapi PyJWT uvicorn"),
        run: "python app.py",
        is_tested: true,
        source: include_str!("../../examples/python-fastapi/app.py"),
    },
    ClientSite {
        folder: "php",
        language: "PHP",
        file: "index.php",
        install: None,
        run: "php -S 127.0.0.1:3000 index.php",
        is_tested: true,
        source: include_str!("../../examples/php/index.php"),
    },
    ClientSite {
        folder: "ruby",
        language: "Ruby",
        file: "client_site.rb",
        install: Some("gem install jwt webrick"),
        run: "ruby client_site.rb",
        is_tested: true,
        source: include_str!("../../examples/ruby/client_site.rb"),
    },
    ClientSite {
        folder: "go",
        language: "Go",
        file: "main.go",
        install: None,
        run: "go run main.go",
        is_tested: true,
        source: include_str!("../../examples/go/main.go"),
    },
    ClientSite {
        folder: "java",
        language: "Java",
        file: "ClientSite.java",
        install: None,
        run: "java ClientSite.java",
        is_tested: true,
        source: include_str!("../../examples/java/ClientSite.java"),
    },
    ClientSite {
        folder: "csharp",
        language: "C#, ASP.NET Core",
        file: "Program.cs",
        install: Some("dotnet add package Microsoft.IdentityModel.JsonWebTokens"),
        run: "dotnet run",
        is_tested: false,
        source: include_str!("../../examples/csharp/Program.cs"),
    },
    ClientSite {
        folder: "rust",
        language: "Rust, actix-web",
        file: "src/main.rs",
        install: Some(
            "cargo add actix-web hex serde_json && cargo add clap --features derive,env && \
             cargo add jsonwebtoken --no-default-features --features rust_crypto",
        ),
        run: "cargo run",
        is_tested: true,
        source: include_str!("../../examples/rust/src/main.rs"),
    },
];

#[cfg(test)]
mod tests {
    use super::{CLIENT_SITES, SAMPLE_PORTAL, SAMPLE_SHARE, frame};

    const README: &str = include_str!("../../examples/README.md");

    #[test]
    fn a_filled_snippet_names_the_portal_and_the_share_and_no_sample() {
        for site in CLIENT_SITES {
            let filled = site.source("https://wiki.test:8443", "6f1d2c3b-4a59-4687");
            for part in ["https://wiki.test:8443\"", "6f1d2c3b-4a59-4687\""] {
                let single_quoted = part.replace('"', "'");
                assert!(
                    filled.contains(part) || filled.contains(&single_quoted),
                    "{}: {part}",
                    site.folder
                );
            }
            for sample in [SAMPLE_PORTAL, SAMPLE_SHARE, "portal.example", "0000-0000"] {
                assert!(!filled.contains(sample), "{}: {sample}", site.folder);
            }
        }
    }

    /// Also of the one that no test runs.
    #[test]
    fn every_site_keeps_to_what_the_guide_says() {
        for site in CLIENT_SITES {
            for part in [
                frame::SANDBOX,
                "data-vestibule data-unlock-url=\"/unlock-url\"",
                "referrerpolicy=\"strict-origin\" allow=\"fullscreen\"",
                "/embed.js\" async></script>",
                "no-store",
                "VESTIBULE_UNLOCK_SECRET",
                "55",
                "5 are for clocks that disagree",
                "The key is the 32 bytes that the 64 hex digits stand for, not their text.",
                "put them behind your own sign-in",
            ] {
                assert!(site.source.contains(part), "{}: {part}", site.folder);
            }
            assert!(site.source.lines().count() <= 110, "{}", site.folder);
        }
    }

    #[test]
    fn the_readme_of_the_examples_says_how_each_is_run() {
        for site in CLIENT_SITES {
            let heading = format!("## {}\n", site.language);
            let (_, section) = README.split_once(&heading).expect(site.language);
            let section = section.split("\n## ").next().unwrap_or_default();
            assert!(
                section.contains(&format!("cd {}\n", site.folder)),
                "{heading}"
            );
            let says_untested = section.contains("Our tests do not run it");
            assert_eq!(says_untested, !site.is_tested, "{heading}");
        }
    }
}
