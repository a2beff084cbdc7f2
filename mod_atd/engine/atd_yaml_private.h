/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_YAML_PRIVATE_H
#define ATD_YAML_PRIVATE_H

#include "engine/atd_source.h"

/**
 * @file atd_yaml_private.h
 * What the files of the YAML reader share; no other file includes it. atd_yaml.c runs libyaml and builds the tree,
 * atd_yaml_explain.c tells an author what libyaml's complaint means, atd_yaml_line.c looks at single lines of the text.
 */

/** What the parser had read last: it is what the author was about to write when it went wrong. */
typedef enum atd_yaml_last_t {
    ATD_YAML_LAST_NONE,
    ATD_YAML_LAST_PLAIN,
    ATD_YAML_LAST_SINGLE, /**< text in single quotes */
    ATD_YAML_LAST_DOUBLE, /**< text in double quotes */
    ATD_YAML_LAST_BLOCK,  /**< text behind | or > */
    ATD_YAML_LAST_FLOW    /**< the end of a list or map in brackets */
} atd_yaml_last_t;

/** libyaml's complaint; positions are offsets into the source. */
typedef struct atd_yaml_fault_t {
    const char *problem;
    const char *context; /**< "" where there is none */
    apr_size_t at;       /**< where it noticed */
    apr_size_t context_at;
    atd_yaml_last_t last;
    apr_size_t last_at;
    apr_size_t last_end;
} atd_yaml_fault_t;

/** Makes the error for @p fault, with the place of the mistake as far as it can be told. */
atd_error_t *atd_yaml_explain(const atd_source_t *source, const atd_yaml_fault_t *fault);

/** A line `- - key: value`, each part may be missing. Offsets; the line end does not count. */
typedef struct atd_yaml_line_t {
    apr_size_t start; /**< of the line */
    apr_size_t first; /**< first character that is no blank */
    apr_size_t key;   /**< behind the dashes */
    apr_size_t colon; /**< that ends the key; 0 where there is none */
    apr_size_t value; /**< first character behind the key or the dashes */
    apr_size_t end;   /**< behind the last character, comment and blanks left out */
} atd_yaml_line_t;

/** The line that offset @p at is in. */
atd_yaml_line_t atd_yaml_line(const atd_source_t *source, apr_size_t at);

/** Bytes of a word that looks like a key (a name without blanks, perhaps in quotes) at @p at; 0 where there is none. */
apr_size_t atd_yaml_word(const atd_source_t *source, apr_size_t at);

/** Offset of the colon of `key:value` at @p at, which is short of a blank; 0 where it is something else (a URL ...). */
apr_size_t atd_yaml_tight_colon(const atd_source_t *source, apr_size_t at);

/**
 * "put the value in quotes: title: 'The Rise: Part 2'" for the value that offset @p at is in, bounded in length.
 * Memory of the source's pool.
 */
const char *atd_yaml_quote_hint(const atd_source_t *source, apr_size_t at);

/** ATD_E_YAML: `key:value` with its colon at offset @p colon. */
atd_error_t *atd_yaml_refuse_tight_colon(const atd_source_t *source, apr_size_t colon);

/** ATD_E_YAML: `-item` at offset @p dash. */
atd_error_t *atd_yaml_refuse_tight_dash(const atd_source_t *source, apr_size_t dash);

#endif
