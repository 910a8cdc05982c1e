/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: key blocks, their heads and rules. A head that is read is written again as it was; a block
 * opens only unchanged. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "emv/keyblock/keyblock.h"
#include "emv/keyblock/rules.h"

const char *const fuzz_seeds[] = {
    /* B0080K0TN00N0000.. and D0112P0AE00E0000.. (payShield and X9.143 examples) as characters */
    "42303038305030544530304530303030393442343230303739434338304241333436314638364645323645464334413342384534"
    "4641"
    "34433546353334313137363545443642373237423841323438",
    "44303131325030414530304530303030423832363739313134463437304635343031363545444642463745323530464345413433"
    "4638"
    "31304432313546384432303745324534313743303731353641323745384533314441303546373432353530393539334430334134"
    "35374443"
    "3334",
    "42303034305030544530304E303130304B53313830303630344231323046393239323830303030",
    "4230323838503054453030453032303"
    "04B5330303034303130365050505050505050",
    NULL,
};

static const uint8_t kbpk[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static void one_head(struct bytes in)
{
    static uint8_t room[KEYBLOCK_TEXT_MAX];
    struct keyblock_header h, again;
    struct reader r = READER(in);
    struct writer w = WRITER(room);
    size_t length;
    if (keyblock_header_read(&r, &h, &length) != TSM_OK)
        return;
    (void)keyblock_rules_check(keyblock_policy_of(&h), 16);
    if (keyblock_header_write(&h, 0, &w) != TSM_OK)
        return;
    r = READER(written(&w));
    if (keyblock_header_read(&r, &again, &length) != TSM_OK || length != w.len || r.left.len)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct crypto *c;
    struct bytes in = BYTES_OF(data, size);
    struct keyblock_parts parts;
    one_head(in);
    if (!c && crypto_new(&c) != TSM_OK)
        abort();
    if (keyblock_split(in, &parts) == TSM_OK) {
        static uint8_t room[KEYBLOCK_TEXT_MAX];
        struct writer w = WRITER(room);
        struct keyblock_header h;
        struct cipher_key k;
        enum cipher_alg alg = parts.header.version > 'C' ? CIPHER_AES : CIPHER_TDES;
        if (crypto_key(c, alg, BYTES(kbpk), &k) != TSM_OK || keyblock_unwrap(&k, c, in, &h, &w) == TSM_OK)
            abort();
    }
    return 0;
}
