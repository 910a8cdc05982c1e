/* SPDX-License-Identifier: Apache-2.0 */
/* The sending half of SCP80 for tests: what a server would send to the laboratory's card, written out by the
 * layout of TS 102 225 5.1, and the opening of its answers. */
#include "wrap.h"

#include <string.h>

enum { MAX_PACKET = 2048 };

size_t wrap_command(const struct wrap *w, const uint8_t *data, size_t n, uint8_t *out)
{
    uint8_t covered[MAX_PACKET] = {0}, check[MAX_CHECK] = {0};
    size_t block = sym_block(&w->keys.kic);
    size_t padding = w->spi1 & SPI1_CIPHERED ? (block - (6 + w->cc_len + n) % block) % block : 0;
    size_t chl = SCP80_MIN_CHL + w->cc_len;
    struct out o;
    out_init(&o, covered, sizeof covered);
    out_number(&o, 1 + chl + n + padding, 2);
    out_number(&o, chl, 1);
    out_number(&o, (uint64_t)w->spi1 << 24 | (uint64_t)w->spi2 << 16 | (uint64_t)w->kic << 8 | w->kid, 4);
    out_bytes(&o, w->tar, 3);
    out_number(&o, w->counter, 5);
    out_number(&o, padding, 1);
    out_bytes(&o, data, n);
    size_t len = o.len + padding;
    if ((w->spi1 & SPI1_INTEGRITY) == INTEGRITY_CC)
        ota_cc(&w->keys.kid, covered, len, check, w->cc_len);
    memcpy(out, covered, SCP80_HEADER);
    memcpy(out + SCP80_HEADER, check, w->cc_len);
    memcpy(out + SCP80_HEADER + w->cc_len, covered + SCP80_HEADER, len - SCP80_HEADER);
    len += w->cc_len;
    if (w->spi1 & SPI1_CIPHERED)
        ota_cipher(&w->keys.kic, w->kic, true, out + SCP80_CLEAR, len - SCP80_CLEAR);
    return len;
}

static bool checksum_holds(const struct wrap *w, const uint8_t *plain, size_t n, const struct opened *r)
{
    uint8_t covered[MAX_PACKET], check[MAX_CHECK] = {0};
    struct out o;
    size_t len = n - r->check_len;
    memcpy(covered, plain, POR_HEADER);
    memcpy(covered + POR_HEADER, plain + POR_HEADER + r->check_len, len - POR_HEADER);
    if (r->check_len == 2 || (w->spi2 >> SPI2_INTEGRITY_SHIFT & 3) == INTEGRITY_RC) {
        out_init(&o, check, r->check_len);
        out_number(&o, r->check_len == 2 ? ota_crc16(covered, len) : ota_crc32(covered, len), r->check_len);
    } else if (!ota_cc(&w->keys.kid, covered, len, check, r->check_len)) {
        return false;
    }
    return memcmp(check, r->check, r->check_len) == 0;
}

bool unwrap_response(const struct wrap *w, const uint8_t *in, size_t n, struct opened *out)
{
    uint8_t plain[MAX_PACKET];
    struct opened r = {0};
    if (n < POR_HEADER || n > sizeof plain || memcmp(in, "\x02\x71\x00", 3) != 0 ||
        lab_number(in + 3, 2) != n - 5)
        return false;
    memcpy(plain, in, n);
    if (in[5] < POR_MIN_RHL || in[5] - (size_t)POR_MIN_RHL > n - POR_HEADER)
        return false;
    r.check_len = in[5] - (size_t)POR_MIN_RHL;
    bool secured = r.check_len > 0 || !(w->spi2 >> SPI2_INTEGRITY_SHIFT & 3);
    if (secured && w->spi2 & SPI2_CIPHERED &&
        !ota_cipher(&w->keys.kic, w->kic, false, plain + POR_CLEAR, n - POR_CLEAR))
        return false;
    memcpy(r.tar, plain + 6, 3);
    r.counter = lab_number(plain + 9, 5);
    r.padding = plain[14];
    r.status = plain[15];
    memcpy(r.check, plain + POR_HEADER, r.check_len);
    if (r.check_len > 0 && !checksum_holds(w, plain, n, &r))
        return false;
    size_t body = n - POR_HEADER - r.check_len;
    if (r.padding > body || body - r.padding > sizeof r.data)
        return false;
    r.data_len = body - r.padding;
    memcpy(r.data, plain + POR_HEADER + r.check_len, r.data_len);
    *out = r;
    return true;
}
