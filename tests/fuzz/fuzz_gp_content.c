/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as an answer to MANAGE ELF UPGRADE, as a certificate, as an offline script; what an agent makes
 * of a script are whole commands. Fuzz target. */
#include <stdlib.h>

#include "fuzz.h"
#include "gp/apdu/apdu.h"
#include "gp/sems/sems.h"
#include "gp/upgrade/upgrade.h"

/* The root of the laboratory [RFC 6979 A.2.5]. */
static const uint8_t root_point[SEMS_POINT] = {
    0x04, 0x60, 0xFE, 0xD4, 0xBA, 0x25, 0x5A, 0x9D, 0x31, 0xC9, 0x61, 0xEB, 0x74, 0xC6, 0x35, 0x6D, 0x68,
    0xC0, 0x49, 0xB8, 0x92, 0x3B, 0x61, 0xFA, 0x6C, 0xE6, 0x69, 0x62, 0x2E, 0x60, 0xF2, 0x9F, 0xB6, 0x79,
    0x03, 0xFE, 0x10, 0x08, 0xB8, 0xBC, 0x99, 0xA4, 0x1A, 0xE9, 0xE9, 0x56, 0x28, 0xBC, 0x64, 0xF2, 0xF1,
    0xB2, 0x0C, 0x2D, 0x7E, 0x9F, 0x51, 0x77, 0xA3, 0xC2, 0x94, 0xD4, 0x46, 0x22, 0x99};

const char *const fuzz_seeds[] = {
    "000DA10B9001024F06D000CAFE0001",
    "02ABCD0DA10B9001504F06D000CAFE0001",
    "7F2103930101600441028100400580A0800000",
    "7F212A93010142084F54534D4C41420153074F05F04F54534D5F37020102",
    NULL,
};

static void upgrade(struct bytes in)
{
    struct upgrade_session s;
    if (upgrade_read(in, &s) == TSM_OK && (s.file.len > 16 || s.confirmation.len > in.len))
        abort();
}

static void script(struct bytes in)
{
    struct sems_certificate c;
    struct sems_reader r;
    struct sems_command command;
    SIGN_KEY root = {0};
    if (sems_certificate_read(in, &c) == TSM_OK && c.point.len != SEMS_POINT)
        abort();
    if (sign_key_ec(BYTES(root_point), BYTES_NONE, &root) != TSM_OK)
        abort();
    if (sems_open(in, &root, &r) == TSM_OK)
        while (sems_next(&r, &command) == TSM_OK)
            if (command.plain.len > command.frame.len)
                abort();
}

static void agent(struct bytes in)
{
    uint8_t out[APDU_SHORT_MAX];
    struct sems_player p = sems_player_of(in, 100);
    struct writer w = WRITER(out);
    for (size_t n = 0; n <= in.len + 1 && sems_play(&p, &w) == TSM_OK; n++)
        w.len = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = {data, size};
    upgrade(in);
    script(in);
    agent(in);
    return 0;
}
