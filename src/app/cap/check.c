/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm cap check`: a CAP file before the admission gate. Exit status 0 admitted, 1 refused. Edge. */
#include "app/cap/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/tsm.h"

static int usage(FILE *to, int status)
{
    fputs("usage: tsm cap check FILE [--profile FILE[#NAME]] [--export FILE]... [--owner AID-PREFIX]...\n"
          "                     [--taken AID]... [--allow HASH|@FILE]... [--allow-only] [--allow-unproven] "
          "[--json]\n",
          to);
    return status;
}

static enum tsm_err judge(const struct check *c, const struct cap *cap, struct cap_report *report,
                          struct cap_verdict *v)
{
    struct cap_exports exports = {c->export_file, c->exports};
    struct cap_model *model = calloc(1, sizeof *model);
    struct crypto *crypto;
    enum tsm_err e;
    NEED(model != NULL, NO_MEMORY);
    e = cap_verify(cap, &exports, model, report);
    free(model);
    TRY(e);
    TRY(crypto_new(&crypto));
    e = cap_admit(cap, &c->admission.policy, crypto, report, v);
    crypto_free(crypto);
    return e;
}

static int say(const struct check *c, const struct cap *cap, const struct cap_report *report,
               const struct cap_verdict *v)
{
    enum tsm_err e = TSM_OK;
    if (c->json)
        e = check_say_json(cap, report, v);
    else
        check_say(cap, report, v);
    if (e != TSM_OK)
        return tsm_failed(e);
    return v->admitted ? TSM_EXIT_OK : TSM_EXIT_FAILED;
}

/* A file that is no CAP file is a finding too; one that cannot be opened is none. */
static int check(const struct check *c)
{
    struct cap_file f;
    struct cap_report report;
    struct cap_verdict v = {0};
    int status;
    enum tsm_err e = cap_file_read(c->path, &f);
    if (e == TSM_IO || e == TSM_NO_MEMORY)
        return tsm_failed(e);
    if (e != TSM_OK) {
        cap_unreadable(&report);
        return say(c, NULL, &report, &v);
    }
    e = judge(c, &f.cap, &report, &v);
    status = e == TSM_OK ? say(c, &f.cap, &report, &v) : tsm_failed(e);
    cap_file_free(&f);
    return status;
}

int tsm_cap_check(int argc, char **argv)
{
    static struct check c; /* lists of the policy point into it */
    bool show_help = false;
    enum tsm_err e = check_args(argc, argv, &c, &show_help);
    int status;
    if (e != TSM_OK) {
        (void)tsm_failed(e);
        status = usage(stderr, TSM_EXIT_USAGE);
    } else {
        status = show_help ? usage(stdout, TSM_EXIT_OK) : check(&c);
    }
    check_free(&c);
    return status;
}
