/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders that an issuer keeps at an https address: PARTY/pull.url names it, PARTY/pull.pem (if there) the
 * certificates that it must prove, which are trusted alone. GET gives a batch in the form of the files; the
 * batch that was taken last is named by its SHA-256 in If-None-Match, so that 304 or 204 is "nothing new".
 * Station 1. App: edge. [capability P6; RFC 9110 13.1.2]
 */
#ifndef TSM_APP_TSMD_SERVE_PULL_H
#define TSM_APP_TSMD_SERVE_PULL_H

#include "http/client.h"

/* One look: a new batch is on the disk as pulled-DIGEST.ndjson on return, for the directory's own road; the
 * same batch twice is one file. Trouble goes to the log. */
void intake_pull(struct http_client *client, const char *folder);
/* Sends what came of each batch that is done (pulled-DIGEST.told.ndjson) to the address in PARTY/pull.told,
 * if there is one, until it is taken: then pulled-DIGEST.heard stands beside it. Trouble goes to the log. */
void intake_tell(struct http_client *client, const char *folder);

#endif
