//! The layout `hibernate-generic`, as Confluence writes it.

use std::fmt::{self, Display, Write};

/// One `<object>` of the `hibernate-generic` layout.
pub(super) struct Object {
    xml: String,
}

impl Object {
    pub(super) fn new(class: &str, package: &str) -> Self {
        let xml =
            format!("<object class=\"{class}\" package=\"com.atlassian.confluence.{package}\">\n");
        Self { xml }
    }

    pub(super) fn id(self, id: u64) -> Self {
        self.line(format_args!("<id name=\"id\">{id}</id>"))
    }

    pub(super) fn key(self, key: &str) -> Self {
        self.line(format_args!(
            "<id name=\"key\"><![CDATA[{}]]></id>",
            in_cdata(key)
        ))
    }

    pub(super) fn text(self, name: &str, text: &str) -> Self {
        self.line(format_args!(
            "<property name=\"{name}\"><![CDATA[{}]]></property>",
            in_cdata(text)
        ))
    }

    pub(super) fn value(self, name: &str, value: impl Display) -> Self {
        self.line(format_args!("<property name=\"{name}\">{value}</property>"))
    }

    pub(super) fn enumeration(self, name: &str, class: &str, package: &str, value: &str) -> Self {
        self.line(format_args!(
            "<property name=\"{name}\" enum-class=\"{class}\" package=\"com.atlassian.confluence.{package}\">{value}</property>"
        ))
    }

    pub(super) fn reference(self, name: &str, class: &str, package: &str, id: u64) -> Self {
        self.line(format_args!(
            "<property name=\"{name}\" class=\"{class}\" package=\"com.atlassian.confluence.{package}\"><id name=\"id\">{id}</id>\n</property>"
        ))
    }

    pub(super) fn user(self, name: &str, key: Option<&str>) -> Self {
        let Some(key) = key else { return self };
        self.line(format_args!(
            "<property name=\"{name}\" class=\"ConfluenceUserImpl\" package=\"com.atlassian.confluence.user\"><id name=\"key\"><![CDATA[{}]]></id>\n</property>",
            in_cdata(key)
        ))
    }

    pub(super) fn collection(
        mut self,
        name: &str,
        class: &str,
        package: &str,
        ids: &[u64],
    ) -> Self {
        if ids.is_empty() {
            return self;
        }
        let opening = format!("<collection name=\"{name}\" class=\"java.util.Collection\">");
        self.xml.push_str(&opening);
        for id in ids {
            self = self.line(format_args!(
                "<element class=\"{class}\" package=\"com.atlassian.confluence.{package}\"><id name=\"id\">{id}</id>\n</element>"
            ));
        }
        self.line(format_args!("</collection>"))
    }

    pub(super) fn finish(self) -> String {
        self.xml + "</object>\n"
    }

    fn line(mut self, line: fmt::Arguments<'_>) -> Self {
        // Writing to a String cannot fail.
        let _: fmt::Result = writeln!(self.xml, "{line}");
        self
    }
}

/// Confluence puts a space after every `]]`, so that no text can end its CDATA section.
fn in_cdata(text: &str) -> String {
    text.replace("]]", "]] ")
}
