/* SPDX-License-Identifier: Apache-2.0 */
/* Campaigns of providers on the command line: NAME=VALUE becomes the document that is posted, the answer
 * becomes lines with a bar. Pure but for standard output. [capability P8] */
#ifndef TSM_APP_CLIENT_CARE_BULK_H
#define TSM_APP_CLIENT_CARE_BULK_H

#include "app/client/client.h"

/* Owned by the caller; NULL after a message on stderr that names the wrong word. */
json_t *bulk_body(const struct client_args *a);
/* A campaign as the server shows it; `again`: over the bar that was drawn before. */
void bulk_print(const json_t *o, bool again);
bool bulk_stands_still(const json_t *o);
/* With --timeout: asks `r` again, a bar drawn each time, until the campaign *o stands still or the time is
 * over. *o is replaced. */
enum client_exit bulk_follow(struct client *c, const struct client_request *r, json_t **o);

#endif
