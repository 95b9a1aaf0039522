using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Broadside.Bench.Load;

namespace Broadside.Bench.Workers;

/// <summary>The limit: nothing but sends, a run of the same bytes to one receiver after the other.</summary>
internal static unsafe class LimitServer
{
    public static void Run(int port)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(4096);
        while (true)
        {
            Serve(listener);
        }
    }

    // Subscribers come first, then the publisher; when the publisher goes, so do they.
    private static void Serve(Socket listener)
    {
        var receivers = new List<Socket>();
        var role = new byte[1];
        var socket = listener.Accept();
        for (; socket.Receive(role) == 1 && role[0] == RawProtocol.Subscriber; socket = listener.Accept())
        {
            socket.NoDelay = true;
            socket.Send(role);
            receivers.Add(socket);
        }

        try
        {
            Publish(new BufferedStream(new NetworkStream(socket)), receivers.ConvertAll(static receiver => (int)receiver.Handle));
        }
        catch (IOException)
        {
            // The publisher is gone.
        }

        receivers.Append(socket).ToList().ForEach(static each => each.Dispose());
    }

    private static void Publish(Stream publications, List<int> receivers)
    {
        var run = Array.Empty<byte>();
        var prefix = new byte[RawProtocol.PrefixLength];
        while (true)
        {
            publications.ReadExactly(prefix);
            var length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
            run = run.Length == length ? run : RunProtocol.Run(length);
            foreach (var receiver in receivers)
            {
                SendAll(receiver, run);
            }
        }
    }

    private static void SendAll(int socket, byte[] run)
    {
        fixed (byte* bytes = run)
        {
            for (var offset = 0; offset < run.Length;)
            {
                var sent = Native.Send(socket, bytes + offset, (nuint)(run.Length - offset), Native.NoSignalFlag);
                if (sent <= 0)
                {
                    throw new IOException("A receiver is gone.");
                }

                offset += (int)sent;
            }
        }
    }
}
