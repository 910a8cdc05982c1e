/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bare limit of a server's start and of its idle memory: a process with the same libraries that opens the
 * same database, TLS certificate and tokens, listens on nothing, says so and waits. Bench only; includes
 * nothing of src/.
 *
 *   bare-start DATABASE CERT KEY MODULE PIN_FILE...
 */
#include <dlfcn.h>
#include <openssl/ssl.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bare/store/lite.h"

enum { SLOTS_MAX = 32, PIN_MAX = 64 };

static bool open_tls(const char *cert, const char *key)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    return tls && SSL_CTX_use_certificate_chain_file(tls, cert) == 1 &&
           SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) == 1;
}

static bool login(CK_FUNCTION_LIST *f, CK_SLOT_ID slot, const char *pin_file)
{
    CK_SESSION_HANDLE session;
    char pin[PIN_MAX] = "";
    FILE *in = fopen(pin_file, "re");
    if (!in || !fgets(pin, sizeof pin, in))
        return false;
    fclose(in);
    pin[strcspn(pin, "\r\n")] = 0;
    return f->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session) == CKR_OK &&
           f->C_Login(session, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin)) == CKR_OK;
}

/* "DIR/bank.pin" opens the token whose label ends with "bank". */
static bool is_for(CK_FUNCTION_LIST *f, CK_SLOT_ID slot, const char *pin_file)
{
    CK_TOKEN_INFO info;
    char label[sizeof info.label + 1] = "", party[64] = "";
    const char *name = strrchr(pin_file, '/');
    if (!name || f->C_GetTokenInfo(slot, &info) != CKR_OK)
        return false;
    memcpy(label, info.label, sizeof info.label);
    label[strcspn(label, " ")] = 0;
    snprintf(party, sizeof party, "-%.*s", (int)strcspn(name + 1, "."), name + 1);
    return strlen(label) > strlen(party) && !strcmp(label + strlen(label) - strlen(party), party);
}

static bool open_tokens(const char *module, char **pins, int n)
{
    void *library = dlopen(module, RTLD_NOW);
    CK_C_GetFunctionList get = library ? (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList") : NULL;
    CK_FUNCTION_LIST *f;
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG count = SLOTS_MAX;
    int done = 0;
    if (!get || get(&f) != CKR_OK || f->C_Initialize(NULL) != CKR_OK ||
        f->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK)
        return false;
    for (CK_ULONG s = 0; s < count; s++)
        for (int p = 0; p < n; p++)
            if (is_for(f, slots[s], pins[p]) && login(f, slots[s], pins[p]))
                done++;
    return done == n;
}

int main(int argc, char **argv)
{
    sqlite3 *db;
    if (argc < 5)
        return 2;
    db = bare_lite_open(argv[1]);
    if (!db || !bare_lite_exec(db, "SELECT COUNT(*) FROM party") || !open_tls(argv[2], argv[3]) ||
        !open_tokens(argv[4], argv + 5, argc - 5)) {
        fputs("bare-start: database, certificate or tokens cannot be opened\n", stderr);
        return 1;
    }
    puts("ready");
    fflush(stdout);
    pause();
    return 0;
}
