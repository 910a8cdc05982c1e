/* SPDX-License-Identifier: Apache-2.0 */
/* The role that carries by short messages, where there is a message centre: its address, name and password.
 * Station 9. App. [SMPP 3.4] */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/tsmd/serve/house.h"

enum { PASSWORD_CAP = 64 };

/* The first line of the file. A file that cannot be read is told: an empty password is refused by a peer only
 * much later, and for another reason. */
static enum tsm_err read_password(const char *path, char out[PASSWORD_CAP])
{
    FILE *f;
    if (!path[0])
        return TSM_OK;
    f = fopen(path, "re");
    if (!f)
        return FAIL_FIELD(IO, "smsc_password_file", "cannot read the smsc_password_file %.120s: %s", path,
                          strerror(errno));
    if (!fgets(out, PASSWORD_CAP, f))
        out[0] = 0;
    fclose(f);
    out[strcspn(out, "\r\n")] = 0;
    if (!out[0])
        return FAIL_FIELD(BAD_VALUE, "smsc_password_file", "the smsc_password_file %.120s is empty", path);
    return TSM_OK;
}

static void smpp_settings(const struct config *c, const struct address *smsc, struct smpp_config *out)
{
    *out = (struct smpp_config){.host = smsc->host,
                                .port = smsc->port,
                                .system_id = c->smsc_system_id,
                                .source = {.ton = 0, .npi = 1},
                                .dest_ton = 1,
                                .dest_npi = 1,
                                .protocol_id = 0x7F,
                                .data_coding = 0xF6,
                                .receipts = true};
    snprintf(out->source.digits, sizeof out->source.digits, "%.20s", c->smsc_source);
}

enum tsm_err house_open_sms(struct house *h)
{
    struct ota_config c = {.store = h->store,
                           .partners = h->partners,
                           .clock = &clock_real,
                           .node = strtol(h->c->node, NULL, 10)};
    struct address smsc;
    char password[PASSWORD_CAP] = "";
    enum tsm_err e;
    if (!config_has_role(h->c, "ota") || !h->c->smsc[0])
        return TSM_OK;
    TRY(config_address("smsc", h->c->smsc, &smsc));
    TRY(read_password(h->c->smsc_password_file, password));
    smpp_settings(h->c, &smsc, &c.smpp);
    c.smpp.password = password;
    e = ota_new(&c, &h->ota);
    explicit_bzero(password, sizeof password);
    return e;
}
