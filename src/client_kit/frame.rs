//! The HTML that a client's page holds: the frame by itself, with `embed.js`, as an element, and filled by a form.

/// What a frame may do. It leaves out navigation of the top window, which the portal never does.
pub const SANDBOX: &str = "allow-scripts allow-same-origin allow-forms allow-popups \
    allow-popups-to-escape-sandbox allow-downloads";

/// The share that a snippet shows.
#[derive(Debug, Clone, Copy)]
pub struct Framed<'a> {
    /// The portal's address, without a slash at its end.
    pub portal: &'a str,
    pub share: &'a str,
    /// For people who cannot see the frame.
    pub title: &'a str,
}

impl Framed<'_> {
    fn url(&self) -> String {
        format!("{}/content/{}", self.portal, self.share)
    }

    /// Works without a script. The client's server may add a token to the address.
    pub fn plain(&self) -> String {
        let (url, title) = (self.url(), attribute(self.title));
        format!(
            "<iframe src=\"{url}\" title=\"{title}\"\n  \
             style=\"width:100%;height:80vh;border:0\" referrerpolicy=\"strict-origin\" allow=\"fullscreen\"\n  \
             sandbox=\"{SANDBOX}\"></iframe>"
        )
    }

    /// A frame that `embed.js` looks after. Without `src` it asks for the first address, too.
    pub fn with_script(&self) -> String {
        let title = attribute(self.title);
        let script = self.script();
        format!(
            "<iframe data-vestibule data-unlock-url=\"/unlock-url\" src=\"{}?unlock=TOKEN\" title=\"{title}\"\n  \
             style=\"width:100%;height:80vh;border:0\" referrerpolicy=\"strict-origin\" allow=\"fullscreen\"\n  \
             sandbox=\"{SANDBOX}\"></iframe>\n{script}",
            self.url()
        )
    }

    /// The custom element, which makes the frame with its attributes.
    pub fn element(&self) -> String {
        let (url, title) = (self.url(), attribute(self.title));
        let script = self.script();
        format!(
            "<vestibule-share src=\"{url}\" unlock-url=\"/unlock-url\" title=\"{title}\"></vestibule-share>\n{script}"
        )
    }

    /// The token travels in the body of a form, and stands in no address.
    pub fn form(&self) -> String {
        let (url, title) = (self.url(), attribute(self.title));
        format!(
            "<iframe name=\"share\" title=\"{title}\" style=\"width:100%;height:80vh;border:0\"\n  \
             referrerpolicy=\"strict-origin\" allow=\"fullscreen\"\n  \
             sandbox=\"{SANDBOX}\"></iframe>\n\
             <form method=\"post\" action=\"{url}/unlock\" target=\"share\">\n  \
             <input type=\"hidden\" name=\"unlock\" value=\"TOKEN\">\n  \
             <button>Open</button>\n\
             </form>"
        )
    }

    fn script(&self) -> String {
        format!("<script src=\"{}/embed.js\" async></script>", self.portal)
    }
}

/// A text that cannot leave its attribute.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::Framed;

    #[test]
    fn a_name_cannot_leave_its_attribute() {
        let framed = Framed {
            portal: "https://p.example",
            share: "x",
            title: "a\"><script>alert(1)</script>&",
        };
        let title = "title=\"a&quot;>&lt;script>alert(1)&lt;/script>&amp;\"";
        for snippet in [
            framed.plain(),
            framed.with_script(),
            framed.element(),
            framed.form(),
        ] {
            assert!(snippet.contains(title), "{snippet}");
            assert!(snippet.contains("https://p.example/content/x"), "{snippet}");
        }
    }
}
