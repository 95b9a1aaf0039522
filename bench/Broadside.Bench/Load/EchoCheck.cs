using System.Net.Sockets;

namespace Broadside.Bench.Load;

/// <summary>Checks that an echo is one: on every connection exactly the bytes that were sent on it come back.</summary>
internal static class EchoCheck
{
    /// <param name="sockets">Connections that block.</param>
    /// <param name="size">A request's bytes.</param>
    /// <param name="depth">How many requests are sent at once.</param>
    /// <exception cref="InvalidDataException">Other bytes came, or too few or too many.</exception>
    public static void Run(Socket[] sockets, int size, int depth)
    {
        var sent = Array.ConvertAll(sockets, _ => Array.Empty<byte>());
        for (var index = 0; index < sockets.Length; index++)
        {
            sent[index] = [.. Enumerable.Range(index * depth, depth).SelectMany(number => EchoRequest.Create(size, number))];
            sockets[index].Send(sent[index]);
        }

        for (var index = 0; index < sockets.Length; index++)
        {
            if (!Receive(sockets[index], sent[index].Length).AsSpan().SequenceEqual(sent[index]))
            {
                throw new InvalidDataException($"Connection {index} got other bytes than it had sent.");
            }
        }

        if (sockets.FirstOrDefault(static socket => socket.Available > 0) is not null)
        {
            throw new InvalidDataException("A connection got more than it had sent.");
        }
    }

    private static byte[] Receive(Socket socket, int length)
    {
        var bytes = new byte[length];
        try
        {
            new NetworkStream(socket).ReadExactly(bytes);
        }
        catch (IOException failure)
        {
            throw new InvalidDataException($"A connection did not get all it had sent: {failure.Message}", failure);
        }

        return bytes;
    }
}
