/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_LIMITS_H
#define ATD_LIMITS_H

/**
 * @file atd_limits.h
 * Every bound in one place, each with its reason. Crossing one is an error of the id ATD0003 that names
 * the bound; nothing is ever cut short in silence. Sizes are in bytes unless a line says otherwise.
 */

/** A Markdown file. Ten times the longest novel chapter; what a renderer may be made to chew on. */
#define ATD_MAX_SOURCE (1024 * 1024)

/** The front matter of one file, and site.yaml. The longest of 471 real posts needs 4 KiB. */
#define ATD_MAX_FRONT_MATTER (64 * 1024)

/** Nesting of lists and maps in YAML, TOML and JSON: libyaml's cost is quadratic in depth, people need six. */
#define ATD_MAX_DATA_DEPTH 32

/** Scalars, lists and maps in one document of YAML, TOML or JSON. */
#define ATD_MAX_DATA_NODES 10000

/** A template file. */
#define ATD_MAX_TEMPLATE (256 * 1024)

/** Sections within sections, and partials within partials: bounds the C stack while rendering. */
#define ATD_MAX_TEMPLATE_DEPTH 32

/** Tags executed while one page is rendered: bounds the CPU that loops within loops can burn. */
#define ATD_MAX_TEMPLATE_STEPS 1000000

/** Template files one theme may have. */
#define ATD_MAX_TEMPLATE_FILES 256

/** A style sheet, script or font of a theme that is served under _theme/. */
#define ATD_MAX_ASSET (4 * 1024 * 1024)

/** A rendered page, and the HTML of one Markdown body. */
#define ATD_MAX_PAGE (16 * 1024 * 1024)

/** A slug: leaves room for a date and an extension in a file name of 255 bytes (NAME_MAX). */
#define ATD_MAX_SLUG 200

/** Tags of one post: each becomes a meta tag and a page of its own. */
#define ATD_MAX_TAGS 64

/** Files looked at in one content folder while no index exists. */
#define ATD_MAX_POSTS 100000

/** Bytes of an image file that are read to find its width and height: a camera puts a preview and profiles before them. */
#define ATD_MAX_IMAGE_HEADER (256 * 1024)

#endif
