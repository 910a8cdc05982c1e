/* SPDX-License-Identifier: Apache-2.0 */
/* Class and instruction octets of GlobalPlatform commands. Stations 5 to 10. Pure. [GPCS 11.1.4, chapter 11,
 * E.5; AmdF 7] */
#ifndef TSM_GP_APDU_INS_H
#define TSM_GP_APDU_INS_H

enum gp_ins {
    INS_PERFORM_SECURITY_OPERATION = 0x2A,
    INS_INITIALIZE_UPDATE = 0x50,
    INS_MANAGE_CHANNEL = 0x70,
    INS_END_R_MAC = 0x78,
    INS_BEGIN_R_MAC = 0x7A,
    INS_EXTERNAL_AUTHENTICATE = 0x82,
    INS_MUTUAL_AUTHENTICATE = 0x82, /* of SCP11: its P2 is never 00 */
    INS_INTERNAL_AUTHENTICATE = 0x88,
    INS_SELECT = 0xA4,
    INS_GET_RESPONSE = 0xC0,
    INS_GET_DATA = 0xCA,
    INS_PUT_KEY = 0xD8,
    INS_STORE_DATA = 0xE2,
    INS_DELETE = 0xE4,
    INS_INSTALL = 0xE6,
    INS_MANAGE_ELF_UPGRADE = 0xEA, /* Amendment H */
    INS_LOAD = 0xE8,
    INS_SET_STATUS = 0xF0,
    INS_GET_STATUS = 0xF2,
};

/* The class octet and its bits [GPCS Tables 11-11, 11-12]. */
enum {
    CLA_ISO = 0x00,
    CLA_GP = 0x80,
    CLA_CHAINING = 0x10,       /* more commands follow that make up one [ISO 7816-4 5.1.1.1] */
    CLA_SECURE = 0x04,         /* GlobalPlatform secure messaging, logical channels 0 to 3 */
    CLA_FURTHER = 0x40,        /* logical channels 4 to 19 */
    CLA_SECURE_FURTHER = 0x20, /* secure messaging there */
    CLA_CHANNEL = 0x03,
    CLA_CHANNEL_FURTHER = 0x0F,
    CLA_KEPT = 0x90, /* what stays when channel and secure messaging are taken out: proprietary, chaining */
};

#endif
