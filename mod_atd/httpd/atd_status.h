/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_STATUS_H
#define ATD_STATUS_H

/**
 * @file atd_status.h
 * The handler atd-status: the cache's figures as a page, as JSON (?json) and for Prometheus (?prometheus), and purges
 * by POST; and a section in mod_status. Who may see it is for `Require` to say.
 *
 * A browser must not be made to purge by somebody else's page: a POST needs the token of a form that this server made
 * for the same user within the last hour or two, or the header X-Atd-Purge, which no page can send to another origin
 * without its consent. Where the browser says from which origin the request comes, that must be ours besides.
 */

/** Registers its hooks. For register_hooks. */
void atd_status_register(void);

#endif
