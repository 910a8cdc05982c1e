/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the tests of delegated management: made for them, but for the published one of 1024 bits. Test
 * data. */
#ifndef TSM_TESTS_UNIT_DELEGATED_KEYS_H
#define TSM_TESTS_UNIT_DELEGATED_KEYS_H

#define PEM_P256                                                         \
    "-----BEGIN PRIVATE KEY-----\n"                                      \
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgtM34DIUGWx88NBoa\n" \
    "tWhRnVBLHoBg+chOePQTZVuvyTmhRANCAATz+jiZKikBIvTh185yzX1sIlyQ+gvp\n" \
    "+2sSYMKT4Hfgr4uBRsvx7NjMcPHs/d82+1tqLlO/AONYk/dcuvlwp+JJ\n"         \
    "-----END PRIVATE KEY-----\n"

#define PEM_P384                                                         \
    "-----BEGIN PRIVATE KEY-----\n"                                      \
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDCzahsrS7MQxmH2m1wN\n" \
    "IRhRhJzXhuTYeVQJquvUYPsIO80WObbfMNm2/GWwyHifvo+hZANiAARtc2HoLKrH\n" \
    "DiGVtQI10BDY+uDfEqErMhqnUOIbIEzEsz3ch2ScLGg8Maz1Cdc1tkk1l4Fgi4v9\n" \
    "nApW0B1v6qUPbTQG6NQ03+GDUbZyeEARydX1pIbNhbJ4gF3BsjnovKI=\n"         \
    "-----END PRIVATE KEY-----\n"

#define PEM_BRAINPOOL_P512                                               \
    "-----BEGIN PRIVATE KEY-----\n"                                      \
    "MIHsAgEAMBQGByqGSM49AgEGCSskAwMCCAEBDQSB0DCBzQIBAQRAZ62Ew3+k2udS\n" \
    "ECQ2EKo9D3/RGKGjI69nQ9mNfq83Nsm7sGFoA2Zbjg+52SAvtmohmcbjdxwsXE4L\n" \
    "FpHS7UH6uqGBhQOBggAEYzNdkhtLJrLdI1pIsMoHJnjkDeQCGXUIq29NRhJFdBpt\n" \
    "CeUA+tiAC/UbY16fFNnfgr0iZnv48pdZ8zBDmfSNSABQEQ9UNm1PmVHAEGcqGnG3\n" \
    "3kAkte4U9VI0B9wgA/el18NXlfnb3ge8g/l2ZHXkd8OLEchKHsCApR+brY0MAUo=\n" \
    "-----END PRIVATE KEY-----\n"

#define PEM_P521                                                         \
    "-----BEGIN PRIVATE KEY-----\n"                                      \
    "MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIAGbg024rW/vGowxIH\n" \
    "K1joxHfpzaUqxEKkZv6QxsJi0pv23Yws5ZCiYo2d+dQtjhg1TGOZgKCTl2d4VzSB\n" \
    "OfOnNxihgYkDgYYABAFihkvk1Egvd06dADio4ixSAMGSK9CK7VH4uuxLqgqXfCM5\n" \
    "pBz7uSyJUVDOpX7Jwlw+kZvkUJbEK8OWQFH2+qHb0QEWLr92b94uHFyW2C37Bu3h\n" \
    "YhliG7O/G7ayjTYK8G4oKu8fTfrFdU2aNQ97hrFIDBI8PiWZmNX1zSMSJgCRdYSb\n" \
    "tg==\n"                                                             \
    "-----END PRIVATE KEY-----\n"

#define PEM_RSA_2048                                                     \
    "-----BEGIN PRIVATE KEY-----\n"                                      \
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCvXXb340xyvsar\n" \
    "heAZmwE4RFdw4mcyjT2xc1YzJ66RndQ6Xzu6Nw1My7ocKrSF2rCL6ZxAfcnp6Mt2\n" \
    "wA7+AuHoUEsJaFpP+SN+d5EsFJyiy/cM86FdcNmdA+ry+bJ8l+V5QCI3nX3BTdYx\n" \
    "G4I10YHuZ8fRNPKs899DPpqXj8+rxk16OufD2OhCrYuMxFpbrkxlTmAAG1qJvA8M\n" \
    "1KdyEhgBt1m0trcIiFnM01ynMVlpJu9iH9T7HV5ry66dMWphkaAi3jMJ5T6mXT4T\n" \
    "jRPtVIvzHhpfSFQdEMUrtiBRD4ppGDIxbQoqeUDdWiSZL3l19eWwXlae8GvUVKsB\n" \
    "NKqnZ2BdAgMBAAECggEAV6ytZZrU5kteLXQVygd2kSiN5Qi0WpBF51mIH7Q3sWLM\n" \
    "r9BcHqoWcq4qYpmxPnjLKnBF5/JbyB/U1Y6JEFLlmg3GrjHncTNYnQpvYK//bd72\n" \
    "qZmGtB5PFhLW3Nqc83DH0BqR4OdS75mYPF4J+BlCUiy9uGk16OVWWprKlHrYc4Kv\n" \
    "rj1ybz6r/2lcgXj8miJt3qt+NwfPc15INSq/9sEVIsUA9wagk+xIWokSGnqkeOQM\n" \
    "iqfQaqrV91sqqAND6sdwRLkmY9iBZ13NRLehBqkesjPHgcyJRUrhZ5U5TtWPIgdU\n" \
    "7chjlIjGEIqw+736Ip/zI6jb5TMGeSEXg1CPZYvEewKBgQD1EGf6PtR2SV2ximb+\n" \
    "MYYEiD3iuEOGxEhADIVOqTbTa+FK3F2rXcSZJC0TKihKw6YhoXVuHRNmtqtmN532\n" \
    "XToSw0zJp8XBLTZc7tLISjz04i9k8TDhv/wsiHTcWryNGTj8HQI4Dt18YzdHQ50R\n" \
    "SA7DLVENu1kHCeLqTWakJBl+qwKBgQC3MNKPKcpzWywLeam0gaPtRRjLrFO9Oqeh\n" \
    "3Ie7n8dfaqfvea0DGX8xxDj6E2KAfaj7rCdKKYPv0paXrsQKGy9Jfesq6OlU6p2v\n" \
    "MbbBFM6E7O8OBKpNF7HwUQpnG+T9OrHeR3kuqZHVFdRkwFmSUIWkFF0gVq7M5ysv\n" \
    "CiWQzMr9FwKBgB4z2Gy6A5tUbWytHwZi+h5i4CWqCgB4/mKOaHuKVUx3Njvwrsao\n" \
    "9src74U2I+Ma+8WXTY61nKeDCdq+LgSn9rlLQpJzz+Z/+Pw5Htc6dwrDOY4aP6kC\n" \
    "7URbyPNDZ4uIOUKxHI3mHxvuamipB5mSpOcfFac4mL9KU6IGygievlmjAoGBAJ4g\n" \
    "87CGl24KBjQFmhrpSRJX8bZmE4alaewLS9MGcfgIPdw2gMTLLoNL6Q7cyss1LTfJ\n" \
    "e8TFn1DVzA402p4Kpz/eBLBuinM1blW7KRD0H+yYBSZpmoOfb4aMvdkROBHqp3zC\n" \
    "33ULBIoWJNevPeJRxXpD5bszeAIBjcI2FQUv8gyTAoGAZL9HiLyPvPlMOrUWRVyK\n" \
    "kQyII7ndBwfR+uaw/odu2IVk0THvu6E3zJnpZr4OdkjIzY18Nm7OC/lOgaaNU0eD\n" \
    "k/wVQIVlotUCWMTX0sw+GS39e6oHhK+l9OkZlqdexJAYuiii87LSLeB2w8NzLrPa\n" \
    "98h/DX3CTKB5GL8MSBNsZQs=\n"                                         \
    "-----END PRIVATE KEY-----\n"

#define PEM_RSA_512                                                      \
    "-----BEGIN PRIVATE KEY-----\n"                                      \
    "MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEAsc/qZb62sIQSlSJt\n" \
    "P6ICaHRel3NyePftsTYuMaXhMzmo/ClLy+CpDR3TI7A/MP4UfhMb3BMc6sJAH0sV\n" \
    "+AM4SQIDAQABAkEAgQsNZ22zFAOloMntU0L2UGwzweIs75Gu1O8nMyzZdNxr6cgV\n" \
    "agLgMhQdnMdP8zfYFnG9Nb7e9XtN+QqPVCPaIQIhANxjAI+vVh7amxu8O+j4cAdH\n" \
    "x/ceZ4YPgfWTUPwxS51lAiEAzouude9DMGFxolqbYI1nqC6WOEKrjZ5HACuV0Bu4\n" \
    "oxUCIBQ+c9q+/GYxJnZRwB8SUxgYG+IzRMcnvYRVV+cSkCORAiAYMqkny/Y1LtVf\n" \
    "TfoyH57rRzn2MWlj2A09ad3NWdIR2QIgPbWtDmLZ3NT64fzt2yAjBT9XFSpAExbU\n" \
    "V3rCachebSQ=\n"                                                     \
    "-----END PRIVATE KEY-----\n"

#define PEM_P256_PUBLIC                                                  \
    "-----BEGIN PUBLIC KEY-----\n"                                       \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8/o4mSopASL04dfOcs19bCJckPoL\n" \
    "6ftrEmDCk+B34K+LgUbL8ezYzHDx7P3fNvtbai5TvwDjWJP3XLr5cKfiSQ==\n"     \
    "-----END PUBLIC KEY-----\n"

/* source: martinpaljak/GlobalPlatformPro library/src/test/resources/test-dm-rsa-1k.pem */
#define RSA_1024_N                                                                                     \
    "B07871CD00DAFB927658F1CFAF7DDBAB16617302C2C741F9E9AF9EC717A77B0EF51D75088211D97688959128A6510C0D" \
    "2326DE4CEAB93A167F23B96BA3237CF00D2CBDBCE2B2822AA9373791454CF9EC939BCE05180257686426A3B3DC10B2CB" \
    "33BC5DB6F630C282FF59D36210AA2C0F3F85BD1B2F83C7CB5AA74170700ED24D"
#define RSA_1024_E "010001"
#define RSA_1024_D                                                                                     \
    "4FCCE78950CDB5DDB16EDF4A8F8D567CB38E35B815E48D4D3A0394C56B48ED390256E3C989281132ACE915CF50066E70" \
    "B268AD36131ED7C9BC8CA718A9992EB18DCADC25D80FBB8D8698B301BF5543F51EA56577F92A04D8F5F2421232508210" \
    "DB6AC60A3492C9EF3BFF3314F9E1785877604ADB6EC1764A31FF364B1A5C4C71"

#endif
