// Copyright: (c) 2026, mailops contributors
// GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Internal to mailops.mailessentials: one question to a name server and its answer (RFC 1035). C#
// 5, as Windows PowerShell 5.1 has it.
// It may change in any release; do not use it from elsewhere.

using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace ansible_collections.mailops.mailessentials.plugins.module_utils._DnsMessage
{
    public class DnsAnswer
    {
        public int Code;
        public int Addresses;
    }

    public static class DnsMessage
    {
        private const int HeaderLength = 12;
        private const int A = 1;
        private const int Aaaa = 28;

        // A recursive query for the IPv4 addresses of a name.
        public static byte[] Query(ushort id, string name)
        {
            List<byte> message = new List<byte>
            {
                (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0
            };
            foreach (string label in name.TrimEnd('.').Split('.'))
            {
                message.Add((byte)label.Length);
                message.AddRange(Encoding.ASCII.GetBytes(label));
            }
            message.AddRange(new byte[] { 0, 0, A, 0, 1 });
            return message.ToArray();
        }

        public static bool IsAnswerTo(byte[] message, ushort id)
        {
            return message.Length >= HeaderLength && message[0] == (byte)(id >> 8)
                && message[1] == (byte)id && (message[2] & 0x80) != 0;
        }

        // Throws InvalidDataException for what is no answer.
        public static DnsAnswer Read(byte[] message)
        {
            DnsAnswer answer = new DnsAnswer { Code = message[3] & 0x0f };
            try
            {
                int place = HeaderLength;
                for (int question = Number(message, 4); question > 0; question--)
                {
                    place = AfterName(message, place) + 4;
                }
                bool truncated = (message[2] & 0x02) != 0;
                for (int record = Number(message, 6); record > 0; record--)
                {
                    if (truncated && place >= message.Length) { break; }
                    place = AfterName(message, place);
                    int type = Number(message, place);
                    place += 10 + Number(message, place + 8);
                    if (place > message.Length) { throw new InvalidDataException(); }
                    if (type == A || type == Aaaa) { answer.Addresses++; }
                }
            }
            catch (IndexOutOfRangeException)
            {
                throw new InvalidDataException();
            }
            return answer;
        }

        private static int Number(byte[] message, int place)
        {
            return (message[place] << 8) | message[place + 1];
        }

        // A name ends with an empty label or with a pointer of two bytes.
        private static int AfterName(byte[] message, int place)
        {
            while (message[place] != 0)
            {
                if ((message[place] & 0xc0) == 0xc0) { return place + 2; }
                place += message[place] + 1;
            }
            return place + 1;
        }
    }
}
