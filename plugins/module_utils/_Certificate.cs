// Copyright: (c) 2026, mailops contributors
// GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Internal to mailops.mailessentials: what a server's certificate says of itself, and what Windows
// says of it. C# 5, as Windows PowerShell 5.1 has it.
// It may change in any release; do not use it from elsewhere.

using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ansible_collections.mailops.mailessentials.plugins.module_utils._Certificate
{
    public static class CertificateReader
    {
        private const string AlternativeName = "2.5.29.17";

        public static Hashtable Describe(
            X509Certificate presented, X509Chain chain, SslPolicyErrors errors)
        {
            List<string> policy = Enum.GetValues(typeof(SslPolicyErrors)).Cast<SslPolicyErrors>()
                .Where(one => one != SslPolicyErrors.None && (errors & one) == one)
                .Select(one => one.ToString()).ToList();
            string[] found = chain == null
                ? new string[0]
                : chain.ChainStatus.Select(status => status.Status.ToString()).Distinct().ToArray();
            Hashtable table = new Hashtable
            {
                { "subject", "" }, { "issuer", "" }, { "names", new string[0] },
                { "not_before", "" }, { "not_after", "" }, { "policy", policy }, { "chain", found }
            };
            if (presented == null) { return table; }
            X509Certificate2 certificate =
                presented as X509Certificate2 ?? new X509Certificate2(presented);
            table["subject"] = certificate.Subject;
            table["issuer"] = certificate.Issuer;
            table["not_before"] = certificate.NotBefore.ToUniversalTime().ToString("s") + "Z";
            table["not_after"] = certificate.NotAfter.ToUniversalTime().ToString("s") + "Z";
            X509Extension names = certificate.Extensions[AlternativeName];
            if (names != null) { table["names"] = Names(names.RawData); }
            return table;
        }

        // DNS names and IP addresses of a SEQUENCE OF GeneralName (RFC 5280, 4.2.1.6); .NET
        // Framework has them in the language of Windows only.
        private static string[] Names(byte[] content)
        {
            List<string> found = new List<string>();
            try
            {
                int place = 1;
                int end = Length(content, ref place) + place;
                while (place < end)
                {
                    int tag = content[place++];
                    int length = Length(content, ref place);
                    byte[] value = content.Skip(place).Take(length).ToArray();
                    if (tag == 0x82) { found.Add(Encoding.ASCII.GetString(value)); }
                    if (tag == 0x87 && (length == 4 || length == 16))
                    {
                        found.Add(new IPAddress(value).ToString());
                    }
                    place += length;
                }
            }
            catch (IndexOutOfRangeException)
            {
                found.Add("?");
            }
            return found.ToArray();
        }

        private static int Length(byte[] content, ref int place)
        {
            int first = content[place++];
            if (first < 0x80) { return first; }
            int length = 0;
            for (int count = Math.Min(first & 0x7f, 3); count > 0; count--)
            {
                length = (length << 8) | content[place++];
            }
            return length;
        }
    }
}
