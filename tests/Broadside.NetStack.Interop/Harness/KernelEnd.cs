using System.Security.Cryptography;

namespace Broadside.NetStack.Interop.Harness;

/// <summary>The kernel's end of a connection: a socket in its namespace, used by threads that may wait.</summary>
internal static class KernelEnd
{
    // Far beyond what anything here takes: only a failure waits so long.
    private const int Patience = 60_000;

    /// <summary>A socket that listens.</summary>
    public static Socket Listen(NetworkNamespace space, IPEndPoint endPoint) => space.Run(() =>
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = Patience };
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(endPoint);
        socket.Listen(128);
        return socket;
    });

    public static Socket Connect(NetworkNamespace space, IPEndPoint endPoint) => space.Run(() =>
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(endPoint);
        return Prepare(socket);
    });

    public static Task<Socket> AcceptAsync(Socket listener) => OnThread(() => Prepare(listener.Accept()));

    /// <summary>Sends so much, ends this direction, and at the same time receives to the end of the other.</summary>
    public static async Task<Outcome> ExchangeAsync(Socket socket, long toSend)
    {
        var sending = OnThread(() =>
        {
            for (var sent = 0L; sent < toSend;)
            {
                sent += socket.Send(Noise.From(sent, toSend - sent, 256 * 1024).Span);
            }

            socket.Shutdown(SocketShutdown.Send);
            return true;
        });
        var outcome = await OnThread(() => Receive(socket));
        await sending;
        return outcome;
    }

    public static Outcome Receive(Socket socket)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[256 * 1024];
        var received = 0L;
        int count;
        while ((count = socket.Receive(buffer)) > 0)
        {
            hash.AppendData(buffer.AsSpan(0, count));
            received += count;
        }

        return new Outcome(received, Convert.ToHexString(hash.GetHashAndReset()));
    }

    public static Task<T> OnThread<T>(Func<T> function) => Task.Factory.StartNew(function, TaskCreationOptions.LongRunning);

    private static Socket Prepare(Socket socket)
    {
        socket.ReceiveTimeout = socket.SendTimeout = Patience;
        return socket;
    }
}
