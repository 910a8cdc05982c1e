/* SPDX-License-Identifier: Apache-2.0 */
/* make_signing URI PIN-FILE NAME: makes a signing key of RSA 2048 in a party's token, as its owner does with
 * the token's own tools. For tests of what a key that the server does not make leads to. Edge (vault). */
#include <stdio.h>
#include <stdlib.h>

#include "vault/operation/delegated.h"

enum { ARGUMENTS = 4, USAGE = 2 };

static enum tsm_err open_vault(const char *uri, const char *pin_file, struct vault_party **out)
{
    struct vault_settings settings = {.uri = uri, .laboratory = true};
    SECRET pin = {.len = 0};
    FILE *f = fopen(pin_file, "re");
    NEED(f != NULL, IO);
    pin.len = fread(pin.at, 1, SECRET_MAX, f);
    fclose(f);
    return vault_open(&settings, &pin, out);
}

int main(int argc, char **argv)
{
    struct vault_party *vault;
    enum tsm_err e;
    if (argc != ARGUMENTS) {
        fprintf(stderr, "usage: make_signing URI PIN-FILE NAME\n");
        return USAGE;
    }
    e = open_vault(argv[1], argv[2], &vault);
    if (e == TSM_OK) {
        e = vault_make_signing(vault, argv[3], SIGNING_RSA_2048);
        vault_close(vault);
    }
    if (e != TSM_OK)
        fprintf(stderr, "make_signing: %s %s\n", err_name(e), err_cause());
    return e == TSM_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
