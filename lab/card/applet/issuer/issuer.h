/* SPDX-License-Identifier: Apache-2.0 */
/* What an issuer may do to its payment application after issuance: script commands under its MAC, the PIN,
 * data objects, and command templates that come through the security domain (station 10, the card's side);
 * pure; EMV Book 2 9, EMV Book 3 6.5 and 10.10. */
#ifndef LAB_CARD_APPLET_ISSUER_ISSUER_H
#define LAB_CARD_APPLET_ISSUER_ISSUER_H

#include "card/applet/payment.h"

#define INS_VERIFY              0x20
#define INS_APPLICATION_UNBLOCK 0x18
#define INS_APPLICATION_BLOCK   0x1E
#define INS_PIN_CHANGE          0x24
#define INS_PUT_DATA            0xDA
#define INS_UPDATE_RECORD       0xDC

/* A status word of EMV that GlobalPlatform has no use for. */
#define SW_MAC_WRONG           0x6988
#define SW_REFERENCE_UNUSABLE  0x6984
#define SW_PIN_WRONG           0x63C0
#define TAG_COMMAND_TEMPLATE_2 0x72 /* after the final GENERATE AC; the card answers as a list */

/* How a scheme protects its script commands. */
enum pay_script_key { SCRIPT_KEY_BY_COUNTER, SCRIPT_KEY_BY_CRYPTOGRAM };
enum pay_script_cipher { SCRIPT_LENGTH_ECB, SCRIPT_CBC_ALWAYS, SCRIPT_CBC_SHORT };
struct pay_script_rules {
    const char *scheme;
    enum pay_script_key key;
    enum pay_script_cipher cipher;
    bool covers_transaction; /* the MAC covers counter and cryptogram behind the header */
    bool pin_by_key;         /* the PIN block is bound to the cryptogram key, else it is of format 2 */
    size_t mac_len;
};
const struct pay_script_rules *issuer_rules(const struct pay_data *d);

/* The key of script commands now: MAC or confidentiality. */
bool issuer_session_key(const struct payment *p, const struct pay_script_rules *r, enum pay_udk which,
                        struct sym_key *to);
/* The common session key over the cryptogram, which counts up with every command that was taken. */
bool issuer_common_key(const struct sym_key *card, const uint8_t *ac, uint16_t commands, struct sym_key *to);
/* A command of class 84: MAC judged, then done. A wrong MAC changes nothing and is counted. */
uint16_t issuer_command(struct payment *p, struct job *j);
/* PIN CHANGE/UNBLOCK behind its MAC; `data` enciphered. */
uint16_t issuer_pin_change(struct payment *p, const struct pay_script_rules *r, struct job *j, size_t n);
/* VERIFY with a plain PIN block of format 2. */
uint16_t issuer_verify(struct payment *p, struct job *j);

/* Data objects that the issuer may change, and its counters. */
bool issuer_get(const struct payment *p, unsigned tag, struct out *o);
uint16_t issuer_put(struct payment *p, unsigned tag, const uint8_t *data, size_t n);

/* A transaction begins; it has its cryptogram. */
void issuer_begin(struct payment *p);
void issuer_cryptogram(struct payment *p, const uint8_t ac[PAY_AC_LEN]);

/* Template 72 with commands 86, as STORE DATA brought it, each given to `take`: AB { 80 number, 23 answer ...
 * } to `reply`. */
typedef uint16_t carried_command(struct app *a, struct job *j);
uint16_t issuer_carry(struct app *a, carried_command *take, const uint8_t *value, size_t n, struct job *j);

#endif
