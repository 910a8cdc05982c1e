/* SPDX-License-Identifier: Apache-2.0 */
/* Tags of the data elements the terminal handles. [EMV 4.3 Book 3 Annex A, EMV Contactless Book B] */
#ifndef LAB_TERMINAL_TAGS_H
#define LAB_TERMINAL_TAGS_H

enum term_tag {
    TAG_AID = 0x4F,
    TAG_LABEL = 0x50,
    TAG_TRACK2 = 0x57,
    TAG_PAN = 0x5A,
    TAG_DIRECTORY_ENTRY = 0x61,
    TAG_FCI = 0x6F,
    TAG_RECORD = 0x70,
    TAG_ANSWER_FORMAT_2 = 0x77,
    TAG_ANSWER_FORMAT_1 = 0x80,
    TAG_AIP = 0x82,
    TAG_PRIORITY = 0x87,
    TAG_CDOL1 = 0x8C,
    TAG_AFL = 0x94,
    TAG_TVR = 0x95,
    TAG_DATE = 0x9A,
    TAG_TRANSACTION_TYPE = 0x9C,
    TAG_FCI_PROPRIETARY = 0xA5,
    TAG_EXPIRY = 0x5F24,
    TAG_EFFECTIVE = 0x5F25,
    TAG_CURRENCY = 0x5F2A,
    TAG_PSN = 0x5F34,
    TAG_AMOUNT = 0x9F02,
    TAG_AMOUNT_OTHER = 0x9F03,
    TAG_IAD = 0x9F10,
    TAG_COUNTRY = 0x9F1A,
    TAG_AC = 0x9F26,
    TAG_CID = 0x9F27,
    TAG_TERMINAL_CAPABILITIES = 0x9F33,
    TAG_CVM_RESULTS = 0x9F34,
    TAG_TERMINAL_TYPE = 0x9F35,
    TAG_ATC = 0x9F36,
    TAG_UNPREDICTABLE = 0x9F37,
    TAG_PDOL = 0x9F38,
    TAG_TTQ = 0x9F66,
    TAG_FCI_ISSUER_DATA = 0xBF0C,
};

#endif
