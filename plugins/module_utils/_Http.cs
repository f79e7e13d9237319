// Copyright: (c) 2026, mailops contributors
// GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Internal to mailops.mailessentials: a request of HTTP and the head of its answer. C# 5 and .NET
// Framework 4.x, as Windows PowerShell 5.1 has them.
// It may change in any release; do not use it from elsewhere.

using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using ansible_collections.mailops.mailessentials.plugins.module_utils._Endpoint;

namespace ansible_collections.mailops.mailessentials.plugins.module_utils._Http
{
    public static class Http
    {
        private const int LongestHeader = 64 * 1024;

        // The way through a proxy.
        public static string Connect(Endpoint endpoint)
        {
            string authority = Authority(endpoint, true);
            return "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
        }

        public static string Head(Endpoint endpoint, bool whole)
        {
            string authority = Authority(endpoint, false);
            string target = whole ? "http://" + authority + endpoint.Path : endpoint.Path;
            return "HEAD " + target + " HTTP/1.1\r\nHost: " + authority + "\r\n"
                + "User-Agent: mailops.mailessentials endpoint_check\r\n"
                + "Accept: */*\r\nConnection: close\r\n\r\n";
        }

        // Sends a request and reads the head of its answer, byte by byte so that nothing of what
        // follows is taken. The names of its headers go into the finding; its status is returned.
        public static async Task<int> Ask(Stream stream, string request, Finding finding)
        {
            byte[] sent = Encoding.ASCII.GetBytes(request);
            await stream.WriteAsync(sent, 0, sent.Length).ConfigureAwait(false);
            await stream.FlushAsync().ConfigureAwait(false);
            StringBuilder head = new StringBuilder();
            byte[] one = new byte[1];
            while (!EndsHead(head))
            {
                if (head.Length >= LongestHeader) { throw new StoppedException("TooLong"); }
                if (await stream.ReadAsync(one, 0, 1).ConfigureAwait(false) == 0)
                {
                    throw new StoppedException(head.Length == 0 ? "Closed" : "Garbage");
                }
                head.Append((char)one[0]);
                if (head.Length <= 5
                    && !"HTTP/".StartsWith(head.ToString(), StringComparison.Ordinal))
                {
                    throw new StoppedException("Garbage");
                }
            }
            string[] lines =
                head.ToString().Split(new[] { '\n' }, StringSplitOptions.RemoveEmptyEntries);
            finding.Headers = lines.Skip(1).Where(line => line.IndexOf(':') > 0)
                .Select(line => line.Substring(0, line.IndexOf(':')).Trim().ToLowerInvariant())
                .Where(name => name.Length <= 64)
                .Where(name => name.All(sign => sign > ' ' && sign < (char)127))
                .Distinct().Take(64).ToArray();
            string[] words = lines[0].Trim().Split(' ');
            int status;
            if (words.Length < 2 || words[1].Length != 3 || !int.TryParse(words[1], out status)
                || status < 100)
            {
                throw new StoppedException("Garbage");
            }
            return status;
        }

        private static string Authority(Endpoint endpoint, bool withPort)
        {
            string host = endpoint.Host.Contains(":") ? "[" + endpoint.Host + "]" : endpoint.Host;
            int usual = endpoint.Kind == "https" ? 443 : 80;
            return !withPort && endpoint.Port == usual ? host : host + ":" + endpoint.Port;
        }

        private static bool EndsHead(StringBuilder head)
        {
            int length = head.Length;
            if (length < 2 || head[length - 1] != '\n') { return false; }
            return head[length - 2] == '\n'
                || (length > 3 && head[length - 2] == '\r' && head[length - 3] == '\n');
        }
    }
}
