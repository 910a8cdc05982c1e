/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PIN blocks: a PIN on its way under a key, and the translations that are allowed. Stations 5 and 7 (in the
 * vault). Pure: the key may live in a token. [ISO 9564-1 9.3, 9.4]
 */
#ifndef TSM_EMV_PIN_PIN_H
#define TSM_EMV_PIN_PIN_H

#include "base/crypto.h"

enum {
    PIN_MIN = 4,
    PIN_MAX = 12,
    PIN_BLOCK = 8,    /* formats 0 to 3 */
    PIN_BLOCK_4 = 16, /* format 4, and its fields */
    PIN_BLOCK_MAX = PIN_BLOCK_4,
    PIN_ACCOUNT = 12, /* digits of the card number in formats 0 and 3, without the check digit */
    PIN_RANDOM_MAX = 8,
};

/* 0, 1, 2, 3: as TDES blocks; 2 for the card alone; 4: AES, with the whole card number. */
enum pin_format { PIN_ISO_0, PIN_ISO_1, PIN_ISO_2, PIN_ISO_3, PIN_ISO_4, PIN_FORMATS };

/* The digits with a final 0; wiped when its name goes out of scope: PIN pin = {""}; */
struct pin {
    char digits[PIN_MAX + 1];
};
static inline void pin_wipe(struct pin *p)
{
    explicit_bzero(p, sizeof *p);
}
#define PIN __attribute__((cleanup(pin_wipe))) struct pin

/*
 * The clear block of formats 0 to 3, 8 octets. `pan` is asked for by 0 and 3 (13 digits at least), else NULL.
 * `random` fills 1 (as many octets as the PIN leaves free) and 3 (turned into A to F): PIN_RANDOM_MAX octets,
 * else NULL. BAD_FORM for what is no PIN or PAN.
 */
struct pin_fill {
    const char *pan;
    const uint8_t *random;
};
enum tsm_err pin_block_write(enum pin_format format, const struct pin *pin, struct pin_fill fill,
                             uint8_t block[PIN_BLOCK]);
/* The way back. BAD_VALUE for another control digit, a length outside 4 to 12, digits that are none or a
 * wrong fill; one text for all of them, so that nothing is learnt about the PIN. */
enum tsm_err pin_block_read(enum pin_format format, const uint8_t block[PIN_BLOCK], const char *pan,
                            struct pin *out);

/* The two fields of format 4, 16 octets each. */
enum tsm_err pin4_write(const struct pin *pin, const uint8_t random[PIN_RANDOM_MAX],
                        uint8_t field[PIN_BLOCK_4]);
enum tsm_err pin4_read(const uint8_t field[PIN_BLOCK_4], struct pin *out);
enum tsm_err pin4_account(const char *pan, uint8_t field[PIN_BLOCK_4]);

/* Under a key: TDES for 0, 1 and 3, AES for 4. UNSUPPORTED for format 2, which leaves no card; KEY_REFUSED
 * for a key of another algorithm; and as above. */
enum tsm_err pin_seal(const struct cipher_key *key, enum pin_format format, const struct pin *pin,
                      struct pin_fill fill, struct writer *out);
enum tsm_err pin_open(const struct cipher_key *key, enum pin_format format, struct bytes block,
                      const char *pan, struct pin *out);

/* Whether a block of `from` may become one of `to`: never into a weaker binding to the card number, and
 * format 2 as the last step, to the card. NOT_ALLOWED. [PCI PIN security requirement 3-3] */
enum tsm_err pin_may_become(enum pin_format from, enum pin_format to);

#endif
