/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_view.h"
#include "site/atd_view_parts.h"
#include "site_fixture.h"

#include <apr_strings.h>

#define BASIC_KEYS                                                                                                     \
    "title slug path url excerpt date modified category tags hasTags authors author image readingTime featured "       \
    "priority series hidden lang layout previous next data"
#define POST_KEYS                                                                                                      \
    BASIC_KEYS " content words toc contentWarning comments share hasShare gallery hasGallery video related "           \
               "hasRelated alternates newsletter amp translations hasTranslations css script"

static const char full_post[] =
    "title: T\nexcerpt: E\ndate: 2025-06-16\nlastModified: 2025-06-17\ncategory: My Cat\ntags: [My Tag]\n"
    "author: {name: Ada, role: R, image: /a.png, url: /ada, email: a@b, bio: B, social: {github: ada}}\n"
    "image: {src: p.svg, alt: Alt, caption: Cap}\nreadingTime: 9 minutes\nfeatured: true\npriority: high\n"
    "series: S\npartNumber: 2\nlang: ar\nlayout: L\nmood: good\nadvanced: {newsletter: true, amp: true}\n"
    "contentSettings: {toc: true, contentWarning: W}\nimageGallery: [{src: g.png, alt: G, caption: C}]\n"
    "video: {url: https://youtu.be/abcdefghijk, duration: '1:00'}\ntranslations: {de: other}\n";

static const atd_value_t *post_view(const atd_site_t *site, const atd_post_t *post)
{
    return atd_view_post(site, facts_of(site, post), NULL, atd_test_pool);
}

static const atd_value_t *page_view(const atd_site_t *site, const char *front_matter)
{
    atd_value_t *view = NULL;

    ATD_OK(atd_view_make(&view, site, facts_of(site, post_of(front_matter)), atd_test_pool));
    return view;
}

/* ---- the page ---- */

START_TEST(page_has_every_key)
{
    const atd_value_t *view = page_view(open_site(), "title: T\n");

    ck_assert_str_eq(keys_of(view), "site page assets");
    ck_assert_str_eq(keys_of(atd_value_get(view, "site")), "title description url path language author image footer "
                                                           "year nav social newsletter feeds search archive tags "
                                                           "categories llms params");
    ck_assert_str_eq(keys_of(atd_value_get(view, "page")),
                     "kind isHome isPost isPage isList isError title head lang dir url path generator");
}
END_TEST

START_TEST(page_says_what_it_is)
{
    const atd_value_t *view = page_view(open_site(), "title: T\nlang: he-IL\ncanonicalUrl: /x\n");

    TEXT_AT(view, "page.kind", "post");
    TEXT_AT(view, "page.isPost", "true");
    TEXT_AT(view, "page.isHome", "false");
    TEXT_AT(view, "page.title", "T");
    TEXT_AT(view, "page.lang", "he-IL");
    TEXT_AT(view, "page.dir", "rtl");
    TEXT_AT(view, "page.url", "https://example.org/x");
    TEXT_AT(view, "page.path", "/blog/a");
    HAS(text_at(view, "page.head"), "<title>T | Blog</title>");
    HAS(text_at(view, "page.generator"), "mod_atd ");
    TEXT_AT(page_view(open_site(), "lang: hex\n"), "page.dir", "ltr");
}
END_TEST

START_TEST(kinds_are_told_apart)
{
    static const char *const kinds[] = {"isHome", "isPost", "isPage", "isError"};
    const atd_site_t *site = open_site();
    atd_facts_t facts[4];

    put_file("pages/about.md", "x");
    atd_facts_of_home(&facts[0], site, NULL, atd_test_pool);
    facts[1] = *facts_of(site, post_of("{}\n"));
    facts[2] = *facts_of(site, load_post("pages/about.md"));
    atd_facts_of_error(&facts[3], site, "Error", atd_test_pool);
    for (int i = 0; i < 4; i++) {
        atd_value_t *view = NULL;

        ATD_OK(atd_view_make(&view, site, &facts[i], atd_test_pool));
        for (int k = 0; k < 4; k++)
            ck_assert(atd_value_is_true(atd_value_get(atd_value_get(view, "page"), kinds[k])) == (i == k));
    }
}
END_TEST

START_TEST(site_is_shown)
{
    const atd_value_t *view = page_view(
        open_site_with("title: My\ndescription: D\nlanguage: de\nauthor: A\nfooter: F\nimage: /i.png\n"
                       "nav: [{title: Home, url: /}, {title: About, url: about}, {title: X, url: https://x.org}, "
                       "{title: No}, {url: /no}, no, {title: Bad, url: 'javascript:x'}]\n"
                       "social: {github: gh, x: '@x', website: https://w.org}\nparams: {a: b}\n"
                       "newsletter: {url: https://n.org, title: N}\n"),
        "title: T\n");

    TEXT_AT(view, "site.title", "My");
    TEXT_AT(view, "site.description", "D");
    TEXT_AT(view, "site.url", "https://example.org/blog/");
    TEXT_AT(view, "site.path", "/blog/");
    TEXT_AT(view, "site.year", "2025");
    TEXT_AT(view, "site.params.a", "b");
    ck_assert_uint_eq(atd_value_count(atd_value_find(view, "site.nav")), 3);
    ck_assert_pstr_eq(item_at(view, "site.nav", 0, "url"), "/");
    ck_assert_pstr_eq(item_at(view, "site.nav", 1, "url"), "/blog/about");
    ck_assert_pstr_eq(item_at(view, "site.nav", 2, "url"), "https://x.org");
    ck_assert_pstr_eq(item_at(view, "site.social", 0, "url"), "https://github.com/gh");
    ck_assert_pstr_eq(item_at(view, "site.social", 1, "url"), "https://x.com/x");
    ck_assert_str_eq(keys_of(atd_value_find(view, "site.newsletter")), "title text button url");
}
END_TEST

START_TEST(site_leads_to_its_parts)
{
    const atd_value_t *view = page_view(open_site(), "title: T\n");

    TEXT_AT(view, "site.search", "/blog/search");
    TEXT_AT(view, "site.archive", "/blog/archive");
    TEXT_AT(view, "site.tags", "/blog/tags");
    TEXT_AT(view, "site.categories", "/blog/categories");
    TEXT_AT(view, "site.llms", "/blog/llms.txt");
    TEXT_AT(view, "site.feeds.rss", "/blog/feed.xml");
    TEXT_AT(view, "site.feeds.atom", "/blog/atom.xml");
    TEXT_AT(view, "site.feeds.json", "/blog/feed.json");
}
END_TEST

START_TEST(assets_have_hashed_urls)
{
    const atd_value_t *view;
    atd_asset_t asset;

    put_file("theme/my-font.x.woff2", "x");
    ATD_OK(
        atd_theme_load(&test_config.theme, &(atd_root_t){.path = test_content.path, .below = "theme"}, atd_test_pool));
    view = page_view(open_site(), "title: T\n");
    ck_assert(atd_theme_asset(&asset, test_config.theme, "my-font.x.woff2"));
    ck_assert_str_eq(text_at(view, "assets.my_font_x_woff2"),
                     apr_psprintf(atd_test_pool, "/blog/_theme/my-font.x.%s.woff2", asset.hash));
    HAS(text_at(view, "assets.style_css"), "/blog/_theme/style.");
}
END_TEST

/* ---- posts ---- */

START_TEST(post_has_every_key)
{
    const atd_site_t *site = open_site();

    ck_assert_str_eq(keys_of(post_view(site, post_of("title: T\n"))), POST_KEYS);
    ck_assert_str_eq(keys_of(post_view(site, post_of(full_post))), POST_KEYS);
    ck_assert_str_eq(keys_of(atd_view_summary(site, post_of("title: T\n"), atd_test_pool)), BASIC_KEYS);
    ck_assert_str_eq(keys_of(atd_view_summary(site, post_of(full_post), atd_test_pool)), BASIC_KEYS);
}
END_TEST

START_TEST(post_is_shown)
{
    const atd_value_t *view;

    put_file("posts/p.svg", svg_of(4, 3));
    view = post_view(open_site(), post_of(full_post));
    TEXT_AT(view, "title", "T");
    TEXT_AT(view, "slug", "a");
    TEXT_AT(view, "path", "/blog/a");
    TEXT_AT(view, "url", "https://example.org/blog/a");
    TEXT_AT(view, "excerpt", "E");
    TEXT_AT(view, "date.iso", "2025-06-16");
    TEXT_AT(view, "date.day", "2025-06-16");
    HAS(text_at(view, "date.text"), "يونيو");
    TEXT_AT(view, "modified.day", "2025-06-17");
    TEXT_AT(view, "category.name", "My Cat");
    TEXT_AT(view, "category.slug", "my-cat");
    ck_assert_pstr_eq(item_at(view, "tags", 0, "slug"), "my-tag");
    ck_assert_str_eq(keys_of(atd_value_get(view, "author")), "name slug role image url email bio social path");
    TEXT_AT(view, "author.name", "Ada");
    TEXT_AT(view, "author.image", "/a.png");
    ck_assert_pstr_eq(item_at(view, "author.social", 0, "label"), "GitHub");
    ck_assert_str_eq(keys_of(atd_value_get(view, "image")), "src alt caption width height");
    TEXT_AT(view, "image.src", "/blog/posts/p.svg");
    TEXT_AT(view, "image.width", "4");
    TEXT_AT(view, "readingTime", "9 minutes");
    TEXT_AT(view, "featured", "true");
    TEXT_AT(view, "priority", "high");
    TEXT_AT(view, "series.title", "S");
    TEXT_AT(view, "series.part", "2");
    TEXT_AT(view, "layout", "L");
    TEXT_AT(view, "data.mood", "good");
    TEXT_AT(view, "contentWarning", "W");
    TEXT_AT(view, "newsletter", "true");
    TEXT_AT(view, "amp", "true");
    TEXT_AT(view, "words", "2");
    TEXT_AT(view, "content", "<p>Some text.</p>\n");
    ck_assert_pstr_eq(item_at(view, "gallery", 0, "src"), "/blog/posts/g.png");
    ck_assert_pstr_eq(item_at(view, "gallery", 0, "caption"), "C");
    ck_assert_pstr_eq(item_at(view, "translations", 0, "lang"), "de");
    ck_assert_pstr_eq(item_at(view, "translations", 0, "name"), "Deutsch");
    ck_assert_pstr_eq(item_at(view, "translations", 0, "url"), "https://example.org/blog/other");
}
END_TEST

START_TEST(post_leads_to_lists_and_other_forms)
{
    const char *terms = "category: My Cat\ntags: [My Tag, '!']\nauthors: [Ada L, {name: '?'}]\n";
    const atd_value_t *view = post_view(open_site(), post_of(terms));

    TEXT_AT(view, "category.path", "/blog/category/my-cat");
    ck_assert_pstr_eq(item_at(view, "tags", 0, "path"), "/blog/tag/my-tag");
    ck_assert_pstr_eq(item_at(view, "tags", 1, "path"), ""); /* nothing is left of it in an address */
    ck_assert_pstr_eq(item_at(view, "authors", 0, "path"), "/blog/author/ada-l");
    ck_assert_pstr_eq(item_at(view, "authors", 1, "path"), "");
    TEXT_AT(view, "alternates.markdown", "/blog/a.md");
    TEXT_AT(view, "alternates.json", "/blog/a.json");
    TEXT_AT(post_view(open_site(), post_of("status: draft\n")), "alternates", "");
}
END_TEST

/* Static pages are in no list, and the blog's own author may be in none. */
START_TEST(pages_and_the_blogs_author_lead_to_no_list)
{
    const atd_value_t *view;

    put_file("pages/about.md", "---\ncategory: C\ntags: [T]\nauthor: Ada\n---\n");
    view = post_view(open_site(), load_post("pages/about.md"));
    TEXT_AT(view, "category.name", "C");
    TEXT_AT(view, "category.path", "");
    ck_assert_pstr_eq(item_at(view, "tags", 0, "path"), "");
    TEXT_AT(view, "author.path", "");
    view = post_view(open_site_with("author: Owner\n"), post_of("title: T\n"));
    TEXT_AT(view, "author.name", "Owner");
    TEXT_AT(view, "author.path", "");
}
END_TEST

START_TEST(what_is_not_there_is_null)
{
    static const char *const keys[] = {"date", "modified", "category",       "author", "image",   "series", "hidden",
                                       "toc",  "layout",   "contentWarning", "video",  "related", "css",    "script"};
    const atd_value_t *view = post_view(open_site(), post_of("title: T\n"));

    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++)
        ck_assert_msg(atd_value_type(atd_value_get(view, keys[i])) == ATD_NULL, "%s", keys[i]);
    TEXT_AT(view, "excerpt", "Some text.");
    TEXT_AT(view, "priority", "medium");
    ck_assert_int_eq(atd_value_type(atd_value_get(view, "tags")), ATD_LIST);
    ck_assert_int_eq(atd_value_type(atd_value_find(post_view(open_site(), post_of("series: S\n")), "series.part")),
                     ATD_NULL);
}
END_TEST

START_TEST(modified_is_said_only_of_another_day)
{
    const atd_site_t *site = open_site();

    TEXT_AT(post_view(site, post_of("date: 2025-06-16\nlastmod: 2025-06-16T14:00:00Z\n")), "modified", "");
    TEXT_AT(post_view(site, post_of("lastmod: 2025-06-16T14:00:00Z\n")), "modified.iso", "2025-06-16T14:00:00+00:00");
}
END_TEST

START_TEST(switches_have_defaults)
{
    const atd_site_t *site = open_site_with("comments: {provider: email, address: a@b}\nmarkdown: {toc: true}\n"
                                            "shareButtons: false\n");
    const atd_value_t *view;

    put_file("posts/h.md", markdown_of("title: T\n", "## H\n"));
    view = post_view(site, load_post("posts/h.md"));
    ck_assert_pstr_eq(item_at(view, "toc.items", 0, "text"), "H");
    ck_assert_int_eq(atd_value_type(atd_value_get(view, "comments")), ATD_MAP);
    ck_assert_int_eq(atd_value_type(atd_value_get(view, "share")), ATD_NULL);
    put_file("posts/h.md",
             markdown_of("toc: false\ncontentSettings: {comments: false, shareButtons: true}\n", "## H\n"));
    view = post_view(site, load_post("posts/h.md"));
    ck_assert_int_eq(atd_value_type(atd_value_get(view, "toc")), ATD_NULL);
    ck_assert_int_eq(atd_value_type(atd_value_get(view, "comments")), ATD_NULL);
    ck_assert_int_eq(atd_value_type(atd_value_get(view, "share")), ATD_LIST);
}
END_TEST

START_TEST(custom_code_needs_permission)
{
    const atd_post_t *post = post_of("advanced: {customCSS: 'a{}', customJS: 'a()'}\n");

    TEXT_AT(post_view(open_site(), post), "css", "");
    TEXT_AT(post_view(open_site(), post), "script", "");
    test_config.raw_html = true;
    TEXT_AT(post_view(open_site(), post), "css", "a{}");
    TEXT_AT(post_view(open_site(), post), "script", "a()");
    TEXT_AT(post_view(open_site(), post_of("advanced: {customCSS: '</STYLE><x>'}\n")), "css", "");
}
END_TEST

START_TEST(related_posts_are_handed_on)
{
    const atd_site_t *site = open_site();
    const atd_value_t *related = yaml_of("{posts: [{title: R}]}");

    ck_assert_pstr_eq(
        item_at(atd_view_post(site, facts_of(site, post_of("{}\n")), atd_value_get(related, "posts"), atd_test_pool),
                "related", 0, "title"),
        "R");
}
END_TEST

/* ---- errors ---- */

START_TEST(error_has_every_key)
{
    const atd_error_t error = {
        .id = ATD_E_YAML, .file = "a.md", .line = 2, .column = 3, .message = "M", .hint = "H", .excerpt = "X"};
    const atd_error_t bare = {.id = ATD_E_IO, .message = "M"};
    const atd_value_t *view = atd_view_error(500, "T", "Sorry", &error, atd_test_pool);

    ck_assert_str_eq(keys_of(view), "status title message detail suggestions hasSuggestions");
    ck_assert_str_eq(keys_of(atd_value_get(view, "detail")), "file line column message hint excerpt id");
    TEXT_AT(view, "status", "500");
    TEXT_AT(view, "detail.line", "2");
    TEXT_AT(view, "detail.id", "ATD0011");
    view = atd_view_error(500, "T", "Sorry", &bare, atd_test_pool);
    ck_assert_int_eq(atd_value_type(atd_value_find(view, "detail.line")), ATD_NULL);
    ck_assert_int_eq(atd_value_type(atd_value_find(view, "detail.hint")), ATD_NULL);
    view = atd_view_error(404, "T", "Sorry", NULL, atd_test_pool);
    ck_assert_int_eq(atd_value_type(atd_value_get(view, "detail")), ATD_NULL);
}
END_TEST

/* ---- parts ---- */

static const atd_value_t *social_of(const char *yaml)
{
    return atd_view_social(yaml_of(yaml), atd_test_pool);
}

static const char *social_url(const char *yaml)
{
    const atd_value_t *list = social_of(yaml);

    return atd_value_count(list) ? text_at(atd_value_at(list, 0), "url") : NULL;
}

START_TEST(user_names_become_profiles)
{
    ck_assert_pstr_eq(social_url("mastodon: https://m.org/@a"), "https://m.org/@a");
    ck_assert_pstr_eq(social_url("youtube: a"), "https://www.youtube.com/@a");
    ck_assert_pstr_eq(social_url("Twitter: '@a'"), "https://x.com/a");
    ck_assert_pstr_eq(social_url("linkedin: https://www.linkedin.com/company/a"), "https://www.linkedin.com/company/a");
    ck_assert_pstr_eq(social_url("email: a@b"), "mailto:a@b");
    ck_assert_pstr_eq(social_url("rss: /blog/feed.xml"), "/blog/feed.xml");
    ck_assert_pstr_eq(social_url("other: https://o.org"), "https://o.org");
    ck_assert_str_eq(text_at(atd_value_at(social_of("other: https://o.org"), 0), "label"), "other");
    ck_assert_pstr_eq(social_url("github: javascript:x"), NULL);
    ck_assert_pstr_eq(social_url("github: ''"), NULL);
    ck_assert_pstr_eq(social_url("github: [a]"), NULL);
    ck_assert_uint_eq(atd_value_count(atd_view_social(NULL, atd_test_pool)), 0);
}
END_TEST

START_TEST(person_has_every_key)
{
    const atd_person_t person = {.name = "A", .slug = "a", .image = "none.png"};
    const atd_value_t *view = atd_view_person(open_site(), &person, true, atd_test_pool);

    ck_assert_str_eq(keys_of(view), "name slug role image url email bio social path");
    TEXT_AT(view, "image", "/blog/none.png");
}
END_TEST

static const atd_value_t *comments_of(const char *settings)
{
    const atd_site_t *site = open_site_with(settings);

    return atd_view_comments(site, facts_of(site, post_of("title: \"A & b\"\n")), atd_test_pool);
}

START_TEST(comments_have_one_provider)
{
    static const char keys[] = "provider email giscus utterances isso";
    const atd_value_t *view = comments_of("comments: {provider: giscus, repo: a/b, repoId: R, theme: dark}\n");

    ck_assert_str_eq(keys_of(view), keys);
    TEXT_AT(view, "giscus.repo", "a/b");
    ck_assert_int_eq(atd_value_type(atd_value_get(view, "utterances")), ATD_NULL);
    view = comments_of("comments: {provider: utterances, repo: a/b, label: L}\n");
    TEXT_AT(view, "utterances.label", "L");
    ck_assert_int_eq(atd_value_type(atd_value_get(view, "giscus")), ATD_NULL);
    view = comments_of("comments: {provider: isso, url: https://isso.org}\n");
    TEXT_AT(view, "isso.url", "https://isso.org");
    view = comments_of("comments: {provider: isso, url: 'javascript:x'}\n");
    ck_assert_int_eq(atd_value_type(atd_value_get(view, "isso")), ATD_NULL);
    view = comments_of("comments: {provider: email, address: a@b.org}\n");
    ck_assert_str_eq(keys_of(view), keys);
    TEXT_AT(view, "email.url", "mailto:a@b.org?subject=Re:%20A%20%26%20b");
    view = comments_of("comments: {provider: email}\n");
    ck_assert_int_eq(atd_value_type(atd_value_get(view, "email")), ATD_NULL);
    ck_assert_int_eq(atd_value_type(comments_of("comments: {repo: x}\n")), ATD_NULL);
    ck_assert_int_eq(atd_value_type(comments_of("{}\n")), ATD_NULL);
}
END_TEST

START_TEST(page_can_be_shared)
{
    const atd_site_t *site = open_site_with("share: [x, email, GitHub, unknown, facebook]\n");
    const atd_value_t *list = atd_view_share(site, facts_of(site, post_of("title: A & b\n")), atd_test_pool);

    ck_assert_uint_eq(atd_value_count(list), 3);
    TEXT_AT(atd_value_at(list, 0), "url",
            "https://x.com/intent/post?text=A%20%26%20b&url=https%3A%2F%2Fexample.org%2Fblog%2Fa");
    TEXT_AT(atd_value_at(list, 1), "url", "mailto:?subject=A%20%26%20b&body=https%3A%2F%2Fexample.org%2Fblog%2Fa");
    TEXT_AT(atd_value_at(list, 2), "label", "Facebook");
}
END_TEST

static const atd_value_t *video_of(const char *yaml)
{
    const atd_site_t *site = open_site();

    return atd_view_video(site, facts_of(site, post_of(yaml)), atd_test_pool);
}

static const struct {
    const char *url;
    const char *embed;
} videos[] = {
    {"https://www.youtube.com/watch?v=abcdefghijk&t=1", "https://www.youtube-nocookie.com/embed/abcdefghijk"},
    {"https://youtu.be/abcdefghijk?t=1", "https://www.youtube-nocookie.com/embed/abcdefghijk"},
    {"https://www.youtube.com/embed/a-c_efghijk", "https://www.youtube-nocookie.com/embed/a-c_efghijk"},
    {"https://www.youtube.com/shorts/abcdefghijk", "https://www.youtube-nocookie.com/embed/abcdefghijk"},
    {"https://youtu.be/short", ""},
    {"https://youtu.be/abcdefghijklmn", ""},
    {"https://vimeo.com/1", ""},
};

START_TEST(youtube_is_embedded)
{
    TEXT_AT(video_of(apr_pstrcat(atd_test_pool, "video: {url: '", videos[_i].url, "'}\n", NULL)), "embed",
            videos[_i].embed);
}
END_TEST

START_TEST(video_is_shown)
{
    const atd_value_t *view =
        video_of("title: T\nvideo: {url: v.MP4?x, thumbnail: t.png, duration: '1:00', transcript: W}\n");

    ck_assert_str_eq(keys_of(view), "url embed thumbnail duration transcript title isFile");
    TEXT_AT(view, "url", "/blog/posts/v.MP4?x");
    TEXT_AT(view, "thumbnail", "/blog/posts/t.png");
    TEXT_AT(view, "isFile", "true");
    TEXT_AT(view, "title", "T");
    TEXT_AT(view, "transcript", "W");
    TEXT_AT(video_of("video: {url: https://vimeo.com/1}\n"), "isFile", "false");
    ck_assert_int_eq(atd_value_type(video_of("video: {url: 'javascript:x'}\n")), ATD_NULL);
    ck_assert_int_eq(atd_value_type(video_of("video: {thumbnail: t.png}\n")), ATD_NULL);
    TEXT_AT(video_of("video: {url: v.mp4, thumbnail: 'javascript:x'}\n"), "thumbnail", "");
}
END_TEST

START_TEST(gallery_takes_maps_and_texts)
{
    const atd_value_t *list;

    put_file("posts/a.svg", svg_of(2, 1));
    list = atd_view_gallery(
        open_site(), post_of("gallery: [a.svg, {src: b.png, alt: B}, {alt: x}, 'javascript:x', [y]]\n"), atd_test_pool);
    ck_assert_uint_eq(atd_value_count(list), 2);
    TEXT_AT(atd_value_at(list, 0), "width", "2");
    TEXT_AT(atd_value_at(list, 1), "alt", "B");
    ck_assert_str_eq(keys_of(atd_value_at(list, 1)), "src alt caption width height");
}
END_TEST

START_TEST(translations_are_for_readers)
{
    const atd_post_t *post = post_of("lang: de\ntranslations: {ja: こんにちは, x-default: hello, de: a}\n");
    const atd_value_t *list = atd_view_translations(facts_of(open_site(), post), atd_test_pool);

    ck_assert_uint_eq(atd_value_count(list), 1);
    TEXT_AT(atd_value_at(list, 0), "lang", "ja");
    TEXT_AT(atd_value_at(list, 0), "name", "日本語");
    TEXT_AT(atd_value_at(list, 0), "url", "https://example.org/blog/%E3%81%93%E3%82%93%E3%81%AB%E3%81%A1%E3%81%AF");
}
END_TEST

/* In a list too, whatever the language of the blog. */
START_TEST(dates_speak_the_posts_language)
{
    const atd_site_t *site = open_site_with("language: fr\n");
    const atd_post_t *post = post_of("lang: de\ndate: 2025-06-16\nlastModified: 2025-12-24\nreadingTime: 3\n");
    const atd_value_t *view = atd_view_summary(site, post, atd_test_pool);

    TEXT_AT(view, "date.text", "16. Juni 2025");
    TEXT_AT(view, "date.iso", "2025-06-16");
    TEXT_AT(view, "modified.text", "24. Dezember 2025");
    TEXT_AT(view, "readingTime", "3 Minuten");
    TEXT_AT(atd_view_summary(site, post_of("date: 2025-06-16\n"), atd_test_pool), "date.text", "16 juin 2025");
}
END_TEST

static const char *direction_of(const char *lang)
{
    const atd_site_t *site = open_site();
    const atd_post_t *post = post_of(apr_pstrcat(atd_test_pool, "lang: ", lang, "\n", NULL));
    atd_value_t *view = NULL;

    ATD_OK(atd_view_make(&view, site, facts_of(site, post), atd_test_pool));
    return text_at(view, "page.dir");
}

START_TEST(direction_is_the_scripts)
{
    ck_assert_pstr_eq(direction_of("ar-EG"), "rtl");
    ck_assert_pstr_eq(direction_of("az-Arab"), "rtl");
    ck_assert_pstr_eq(direction_of("az"), "ltr");
    ck_assert_pstr_eq(direction_of("en"), "ltr");
}
END_TEST

START_TEST(unsafe_translations_are_left_out)
{
    const atd_post_t *post = post_of("translations: {de: /de, fr: 'javascript:x', it: '', es: [a], '<b>': /x}\n");

    ck_assert_uint_eq(atd_value_count(atd_view_translations(facts_of(open_site(), post), atd_test_pool)), 1);
}
END_TEST

START_TEST(newsletter_needs_an_address)
{
    ck_assert_int_eq(atd_value_type(atd_view_newsletter(NULL, atd_test_pool)), ATD_NULL);
    ck_assert_int_eq(atd_value_type(atd_view_newsletter(yaml_of("url: javascript:x"), atd_test_pool)), ATD_NULL);
    TEXT_AT(atd_view_newsletter(yaml_of("{url: /n, button: B}"), atd_test_pool), "button", "B");
}
END_TEST

static void add_parts(Suite *suite)
{
    TCase *tests = site_test_case(suite, "parts");

    tcase_add_test(tests, user_names_become_profiles);
    tcase_add_test(tests, person_has_every_key);
    tcase_add_test(tests, comments_have_one_provider);
    tcase_add_test(tests, page_can_be_shared);
    tcase_add_loop_test(tests, youtube_is_embedded, 0, (int)(sizeof videos / sizeof *videos));
    tcase_add_test(tests, video_is_shown);
    tcase_add_test(tests, gallery_takes_maps_and_texts);
    tcase_add_test(tests, unsafe_translations_are_left_out);
    tcase_add_test(tests, translations_are_for_readers);
    tcase_add_test(tests, dates_speak_the_posts_language);
    tcase_add_test(tests, direction_is_the_scripts);
    tcase_add_test(tests, newsletter_needs_an_address);
}

/* An excerpt may be cut within a character, or be of a file that is not UTF-8. */
START_TEST(error_texts_are_mended)
{
    const atd_error_t error = {.id = ATD_E_ENCODING, .message = "caf\xC3", .excerpt = "\xFF\xC3\xA9"};
    const atd_value_t *view = atd_view_error(500, "T", "Sorry", &error, atd_test_pool);

    TEXT_AT(view, "detail.message", "caf\xEF\xBF\xBD");
    TEXT_AT(view, "detail.excerpt", "\xEF\xBF\xBD\xC3\xA9");
}
END_TEST

Suite *view_suite(void)
{
    Suite *suite = suite_create("view");
    TCase *tests = site_test_case(suite, "page");

    tcase_add_test(tests, page_has_every_key);
    tcase_add_test(tests, page_says_what_it_is);
    tcase_add_test(tests, kinds_are_told_apart);
    tcase_add_test(tests, site_is_shown);
    tcase_add_test(tests, site_leads_to_its_parts);
    tcase_add_test(tests, assets_have_hashed_urls);
    tests = site_test_case(suite, "post");
    tcase_add_test(tests, post_has_every_key);
    tcase_add_test(tests, post_is_shown);
    tcase_add_test(tests, post_leads_to_lists_and_other_forms);
    tcase_add_test(tests, pages_and_the_blogs_author_lead_to_no_list);
    tcase_add_test(tests, what_is_not_there_is_null);
    tcase_add_test(tests, modified_is_said_only_of_another_day);
    tcase_add_test(tests, switches_have_defaults);
    tcase_add_test(tests, custom_code_needs_permission);
    tcase_add_test(tests, related_posts_are_handed_on);
    tcase_add_test(tests, error_has_every_key);
    tcase_add_test(tests, error_texts_are_mended);
    add_parts(suite);
    return suite;
}
