using System.Runtime.InteropServices;

namespace Broadside.Bench.Load;

/// <summary>Connections that have been used once, so that the server has surely taken them, and then no more.</summary>
internal sealed unsafe class IdleConnections(int port, int size) : IDisposable
{
    // Far fewer than an address has ports.
    private const int PerAddress = 10_000;
    private const int WaitForAllFlag = 0x100;

    private readonly List<int> _descriptors = [];

    /// <summary>Opens some.</summary>
    /// <param name="first">How many others have been opened before: none comes from an address where ports could run out.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="IOException">One could not be opened, or was not answered.</exception>
    public void Open(int first, int count)
    {
        var request = EchoRequest.Create(size, 0);
        var answer = new byte[size];
        fixed (byte* bytes = request, answered = answer)
        {
            for (var number = first; number < first + count; number++)
            {
                var socket = ClientSocket.Connect(LoopbackAddresses.At(number / PerAddress), port);
                _descriptors.Add(socket);
                if (Native.Send(socket, bytes, (nuint)size, Native.NoSignalFlag) != size
                    || Native.Receive(socket, answered, (nuint)size, WaitForAllFlag) != size
                    || !request.AsSpan().SequenceEqual(answer))
                {
                    throw new IOException($"Connection {number} was not answered (error {Marshal.GetLastPInvokeError()}).");
                }
            }
        }
    }

    public void Dispose() => _descriptors.ForEach(static descriptor => _ = Native.Close(descriptor));
}
