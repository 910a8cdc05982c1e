/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's import file of a fleet: one JSON object a line, with laboratory keys in clear and their check
 * values (no station); edge (writes a file). [GPCS 2.3.1 B.6] */
#include "fleet/inventory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { KEYS = 3, KEY_HEX = 2 * FLEET_KEY_LEN + 1, KCV_HEX = 2 * SYM_KCV_LEN + 1 };

struct printed {
    char key[KEYS][KEY_HEX];
    char kcv[KEYS][KCV_HEX];
};

static void print_keys(const uint8_t *const keys[KEYS], struct printed *to)
{
    for (size_t i = 0; i < KEYS; i++) {
        struct sym_key k = {.type = KEY_TYPE_AES, .len = FLEET_KEY_LEN};
        uint8_t kcv[SYM_KCV_LEN] = {0};
        memcpy(k.value, keys[i], FLEET_KEY_LEN);
        sym_kcv(&k, kcv);
        lab_hex_write(keys[i], FLEET_KEY_LEN, to->key[i]);
        lab_hex_write(kcv, sizeof kcv, to->kcv[i]);
        lab_wipe(&k, sizeof k);
    }
}

static void write_uicc(FILE *f, const struct fleet_identity *id)
{
    struct printed t;
    print_keys((const uint8_t *const[KEYS]){id->kic, id->kid, id->kik}, &t);
    fprintf(f,
            "{\"iccid\":\"%s\",\"msisdn\":\"%s\",\"profile\":\"%s\",\"protocol\":\"scp80\",\"kvn\":1,"
            "\"kic\":\"%s\",\"kid\":\"%s\",\"kik\":\"%s\",\"kcv\":\"%s%s%s\"}\n",
            id->iccid, id->msisdn, id->kind->profile, t.key[0], t.key[1], t.key[2], t.kcv[0], t.kcv[1],
            t.kcv[2]);
    lab_wipe(&t, sizeof t);
}

static void write_element(FILE *f, const struct fleet_identity *id)
{
    struct printed t;
    char seid[2 * FLEET_SEID_LEN + 1];
    print_keys((const uint8_t *const[KEYS]){id->isd, id->isd, id->isd}, &t);
    lab_hex_write(id->seid, sizeof id->seid, seid);
    fprintf(f,
            "{\"seid\":\"%s\",\"profile\":\"%s\",\"protocol\":\"scp03\",\"kvn\":255,"
            "\"enc\":\"%s\",\"mac\":\"%s\",\"dek\":\"%s\",\"kcv\":\"%s%s%s\"}\n",
            seid, id->kind->profile, t.key[0], t.key[1], t.key[2], t.kcv[0], t.kcv[1], t.kcv[2]);
    lab_wipe(&t, sizeof t);
}

bool fleet_inventory(const struct fleet_plan *p, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600); /* there are keys in it */
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    bool ok = f != NULL;
    if (!f && fd >= 0)
        close(fd);
    for (uint32_t i = 0; ok && i < p->cards; i++) {
        struct fleet_identity id;
        fleet_identify(p, i, &id);
        (id.kind->uicc ? write_uicc : write_element)(f, &id);
        lab_wipe(&id, sizeof id);
        ok = !ferror(f);
    }
    if (f && fclose(f) != 0)
        ok = false;
    if (!ok)
        fprintf(stderr, "tsm-lab fleet: %s: %s\n", path, strerror(errno));
    return ok;
}
