# SPDX-License-Identifier: Apache-2.0
"""
What a feed validator would report of an RSS or Atom feed, as far as a feed of ours could get it wrong: a name for each
kind of fault, those of the W3C's validator (github.com/w3c/feedvalidator), whose test cases prove this checker.
"""
import datetime
import re
from html.parser import HTMLParser

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
DC = "{http://purl.org/dc/elements/1.1/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# What is covered: a fault's name, and which of the validator's expectations (path and text) this checker answers for.
COVERED = {
    "SAXError": r"",
    "MissingSelf": r"^(?!.*element:source)",
    "MissingTitle": r"parent:channel",
    "MissingLink": r"parent:channel",
    "MissingDescription": r"parent:channel",
    "MissingGuid": r"",
    "InvalidHttpGUID": r"",
    "InvalidPermalink": r"",
    "DuplicateValue": r"element:guid",
    "InvalidRFC2822Date": r"",
    "ProblematicalRFC822Date": r"",
    "ImplausibleDate": r"",
    "ContainsRelRef": r"element:description",
    "SecurityRisk": r"^(?!.*(import|base64)).*element:(description|content|content:encoded)\}",
    "NeedDescriptionBeforeContent": r"",
    "DuplicateItemSemantics": r"core:author",
    "MissingElement": r"^atom/4\.1\.[12]/",
    "MissingAttribute": r"^atom/4\.2\.(2|7)\.",
    "DuplicateEntries": r"^atom/4",
    "InvalidFullLink": r"element:id",
    "InvalidRFC3339Date": r"^atom/3\.3/",
    "InvalidLanguage": r"element:(xml:lang|language)",
    "MissingNamespace": r"^atom/1",
}

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
ZONES = "UT|GMT|Z|EST|EDT|CST|CDT|MST|MDT|PST|PDT"
RFC822 = re.compile(rf"(?:(?P<week>[A-Z][a-z]{{2}}), +)?(?P<day>\d{{1,2}}) +(?P<month>{'|'.join(MONTHS)}) +(?P<year>\d{{4}}) +"
                    rf"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))? +(?:{ZONES}|[-+]\d\d(?:00|30|45))")
RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)")


class Markup(HTMLParser):
    """Faults of HTML within a feed."""
    URLS = {"href", "src", "poster", "cite", "action"}
    RISKS = {"script", "object", "embed", "meta", "applet", "link", "base"}

    def __init__(self, html):
        super().__init__()
        self.faults = set()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag in self.RISKS or any(name.startswith("on") for name, _ in attributes):
            self.faults.add("SecurityRisk")
        for name, value in attributes:
            if name in self.URLS and value and not re.match(r"\s*[A-Za-z][\w+.-]*:", value):
                self.faults.add("ContainsRelRef")

    handle_startendtag = handle_starttag


def text_of(element):
    return ("".join(element.itertext()) if element is not None else "").strip()


def is_full(url):
    return bool(re.match(r"[A-Za-z][\w+.-]*:\S+$", url))


def is_plausible(year, when=None):
    return 1970 <= year and (when is None or when <= datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
                             + datetime.timedelta(days=1))


def has_self(links):
    return any(link.get("rel") in ("self", "http://www.iana.org/assignments/relation/self") for link in links)


def rfc822_faults(text):
    found = RFC822.fullmatch(text)
    if not found:
        invalid = re.search(r"\d{4}-\d\d-|[-+]\d\d:", text)
        return {"InvalidRFC2822Date" if invalid else "ProblematicalRFC822Date"}
    try:
        when = datetime.datetime(int(found["year"]), MONTHS.index(found["month"]) + 1, int(found["day"]),
                                 int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        return {"InvalidRFC2822Date"}
    if found["week"] and found["week"] != when.strftime("%a"):
        return {"InvalidRFC2822Date"}
    return set() if is_plausible(when.year, when) else {"ImplausibleDate"}


def rfc3339_faults(text):
    found = RFC3339.fullmatch(text)
    if not found:
        return {"InvalidRFC3339Date"}
    try:
        when = datetime.datetime(*map(int, found.groups()))
    except ValueError:
        return {"InvalidRFC3339Date"}
    return set() if is_plausible(when.year, when) else {"ImplausibleDate"}


def language_faults(text):
    return set() if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", text) else {"InvalidLanguage"}


def guid_faults(item):
    guid = item.find("guid")
    if guid is None:
        return {"MissingGuid"}
    if guid.get("isPermaLink", "true") != "true":
        return set()
    if re.match(r"(urn|tag):", text_of(guid)):
        return {"InvalidPermalink"}
    return set() if re.match(r"https?://[^/\s]+\S*$", text_of(guid)) else {"InvalidHttpGUID"}


def item_faults(item):
    faults = guid_faults(item)
    names = [child.tag for child in item]
    if CONTENT in names and "description" not in names[:names.index(CONTENT)]:
        faults.add("NeedDescriptionBeforeContent")
    if "author" in names and DC + "creator" in names:
        faults.add("DuplicateItemSemantics")
    for date in item.findall("pubDate"):
        faults |= rfc822_faults(text_of(date))
    for name in ("description", CONTENT):
        faults |= Markup(text_of(item.find(name))).faults
    return faults


def rss_faults(root):
    channel = root.find("channel")
    faults = set()
    if channel is None:
        return {"MissingElement"}
    for name in ("title", "link", "description"):
        if channel.find(name) is None:
            faults.add("Missing" + name.capitalize())
    if not has_self(channel.findall(ATOM + "link")):
        faults.add("MissingSelf")
    for date in channel.findall("pubDate") + channel.findall("lastBuildDate"):
        faults |= rfc822_faults(text_of(date))
    for language in channel.findall("language"):
        faults |= language_faults(text_of(language))
    guids = [text_of(guid) for guid in channel.iterfind("item/guid")]
    if len(guids) != len(set(guids)):
        faults.add("DuplicateValue")
    for item in channel.iterfind("item"):
        faults |= item_faults(item)
    return faults


def common_faults(element):
    """Of an Atom feed or entry."""
    faults = set()
    for name in ("id", "title", "updated"):
        if element.find(ATOM + name) is None:
            faults.add("MissingElement")
    for name in element.findall(ATOM + "id"):
        if not is_full(text_of(name)):
            faults.add("InvalidFullLink")
    for date in element.findall(ATOM + "updated") + element.findall(ATOM + "published"):
        faults |= rfc3339_faults("".join(date.itertext()))
    if any(link.get("href") is None for link in element.findall(ATOM + "link")) or \
            any(category.get("term") is None for category in element.findall(ATOM + "category")):
        faults.add("MissingAttribute")
    return faults


def atom_faults(root):
    faults = common_faults(root)
    entries = root.findall(ATOM + "entry")
    if not has_self(root.findall(ATOM + "link")):
        faults.add("MissingSelf")
    for entry in entries:
        faults |= common_faults(entry)
        if all(place.find(ATOM + "author") is None for place in (root, entry, *entry.findall(ATOM + "source"))):
            faults.add("MissingElement")
        for content in entry.findall(ATOM + "content") + entry.findall(ATOM + "summary"):
            if content.get("type") in ("html", "text/html"):
                faults |= Markup(text_of(content)).faults
    keys = [(text_of(entry.find(ATOM + "id")), text_of(entry.find(ATOM + "updated"))) for entry in entries]
    if len(keys) != len(set(keys)):
        faults.add("DuplicateEntries")
    return faults


def faults_of(feed):
    try:
        root = etree.fromstring(feed, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return {"SAXError"}
    faults = set()
    for element in root.iter(etree.Element):
        if XML_LANG in element.attrib:
            faults |= language_faults(element.get(XML_LANG))
    if root.tag == "rss":
        return faults | rss_faults(root)
    if root.tag == ATOM + "feed":
        return faults | atom_faults(root)
    return faults | {"MissingNamespace"}
