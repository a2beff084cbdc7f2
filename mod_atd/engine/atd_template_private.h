/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_TEMPLATE_PRIVATE_H
#define ATD_TEMPLATE_PRIVATE_H

#include "engine/atd_template.h"

/**
 * @file atd_template_private.h
 * What the three files of the template engine share; no other file includes it. atd_template_tag.c finds the tags of a
 * source, atd_template_compile.c makes nodes of them, atd_template_render.c runs the nodes.
 *
 * A template is two flat arrays and its source. Nodes stand in the order of the source, and `end` of a node is the
 * number of the first node behind its body: to skip a body is one assignment, to enter it is to go on. Nodes name
 * offsets of the source, from which an error computes its line and column when it happens.
 */

/** Names in tags. Together with ATD_MAX_TEMPLATE_DEPTH it bounds what one look-up can cost. */
#define ATD_TEMPLATE_MAX_NAME 255

/** Each of a pair of delimiters: bounds the search for them. */
#define ATD_TEMPLATE_MAX_DELIMITER 16

typedef enum atd_template_kind_t {
    ATD_NODE_TEXT,
    ATD_NODE_ESCAPED,
    ATD_NODE_RAW,
    ATD_NODE_SECTION,
    ATD_NODE_INVERTED,
    ATD_NODE_PARTIAL,
    ATD_NODE_PARENT, /**< its children of the kind BLOCK are the arguments; all others are ignored */
    ATD_NODE_BLOCK   /**< an argument where its parent node is a PARENT, else a parameter with its default */
} atd_template_kind_t;

typedef struct atd_template_key_t {
    const char *text; /**< NUL-terminated for a partial's name alone */
    apr_size_t length;
} atd_template_key_t;

typedef struct atd_template_node_t {
    unsigned char kind;      /**< atd_template_kind_t */
    unsigned char key_count; /**< parts of the dotted name; 0 for "." and TEXT */
    bool bol;                /**< begins a line of the source: the indentation in force goes in front of it */
    bool standalone;         /**< PARTIAL, PARENT: has lines of its own; BLOCK: its opening tag has */
    bool dynamic;            /**< PARTIAL, PARENT: the keys lead to the name */
    apr_uint32_t at;         /**< offset of the tag or text */
    apr_uint32_t length;     /**< TEXT: bytes */
    apr_uint32_t end;        /**< first node behind it and its body */
    apr_uint32_t first_key;
    apr_uint32_t indent_at; /**< PARTIAL, PARENT, BLOCK: blanks in front of each line that takes its place */
    apr_uint32_t indent_length;
} atd_template_node_t;

struct atd_template_t {
    const char *file;
    const char *text;
    apr_size_t length;
    const atd_template_node_t *nodes;
    apr_uint32_t node_count;
    const atd_template_key_t *keys;
};

/** A tag of the source. */
typedef struct atd_template_tag_t {
    char sigil;       /**< one of # ^ / > < $ & { ! = or NUL for a plain name */
    bool dynamic;     /**< the name of a partial or parent had a `*`, which is not part of `name` */
    bool first;       /**< nothing but blanks in front of it on its line */
    apr_size_t at;    /**< offset of its first byte */
    apr_size_t end;   /**< offset behind its last byte */
    const char *name; /**< within the source, without blanks around it */
    apr_size_t length;
    apr_size_t lead;      /**< number of these blanks, where `first` */
    apr_size_t next_line; /**< where nothing but blanks follows on its line: start of the next line; else 0 */
} atd_template_tag_t;

/** Walks over the tags of a source and keeps the delimiters in force. */
typedef struct atd_template_scanner_t {
    const atd_template_t *source; /**< text, length and file of it */
    apr_pool_t *pool;             /**< of errors */
    char opening[ATD_TEMPLATE_MAX_DELIMITER + 1];
    char closing[ATD_TEMPLATE_MAX_DELIMITER + 1];
    apr_size_t opening_length;
    apr_size_t closing_length;
} atd_template_scanner_t;

void atd_template_scanner_init(atd_template_scanner_t *scanner, const atd_template_t *source, apr_pool_t *pool);

/**
 * Finds the next tag at or behind @p from; tag->at is the source's length where there is none. Its name is checked, and
 * new delimiters are in force when it returns.
 */
atd_error_t *atd_template_scan(atd_template_tag_t *tag, atd_template_scanner_t *scanner, apr_size_t from)
    __attribute__((warn_unused_result));

/** True for a name that a loader may be asked for. */
bool atd_template_is_partial_name(const char *name, apr_size_t length);

/** What such a name looks like: a hint. */
extern const char atd_template_partial_hint[];

/** Line number of an offset, from 1. */
unsigned atd_template_line(const atd_template_t *source, apr_size_t at);

/** Makes an error with place and excerpt for the tag at offset @p at. */
atd_error_t *atd_template_error(const atd_template_t *source, apr_size_t at, atd_error_id_t id, apr_pool_t *pool,
                                const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
