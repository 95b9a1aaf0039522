using System.Globalization;
using System.Text;

namespace Broadside.Bench.Load;

/// <summary>The request of a connection that lives for one, and what must come back: a head of the server's choice and a body of 1 KiB.</summary>
internal static class HttpExchange
{
    public static byte[] Request { get; } = "GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n"u8.ToArray();

    public static string Body { get; } = string.Concat(Enumerable.Range(0, 128).Select(static line => line.ToString("D7", CultureInfo.InvariantCulture) + "."));

    /// <summary>The response of servers that have it ready.</summary>
    public static byte[] Response { get; } =
        Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}");

    /// <exception cref="InvalidDataException">It is no such response.</exception>
    public static void Verify(ReadOnlySpan<byte> response)
    {
        if (!response.StartsWith("HTTP/1.1 200 OK\r\n"u8) || !response.EndsWith(Encoding.ASCII.GetBytes("\r\n\r\n" + Body)))
        {
            throw new InvalidDataException("The response is another than it must be: " + Encoding.ASCII.GetString(response));
        }
    }
}
