using System.Diagnostics;
using Broadside.NetStack.Devices.Interop;

namespace Broadside.NetStack.Devices;

/// <summary>Frames to be sent by one system call: their headers are copied here, payload is referred to.</summary>
internal sealed unsafe class PacketMessageBatch : IDisposable
{
    private const int MessageLimit = 64;
    private const int VectorLimit = 1024;
    private const int VectorsPerMessage = 64;
    private const int BufferLength = 1 << 18;

    private readonly MappedMemory _memory = MappedMemory.Allocate(
        BufferLength + (MessageLimit * (nuint)sizeof(Message)) + (VectorLimit * (nuint)sizeof(IoVector)));

    private readonly Message* _messages;
    private readonly IoVector* _vectors;
    private int _messageCount;
    private int _vectorCount;
    private int _bufferUsed;
    private int _sent;

    public PacketMessageBatch()
    {
        _messages = (Message*)(_memory.Pointer + BufferLength);
        _vectors = (IoVector*)(_messages + MessageLimit);
    }

    /// <summary>How many frames have not been sent yet.</summary>
    public int Unsent => _messageCount - _sent;

    /// <summary>Takes a frame; false if there is no room before all have been sent.</summary>
    public bool TryAdd(in OutgoingFrame frame)
    {
        var isCopied = frame.Payload.Length >= VectorsPerMessage;
        var vectors = isCopied ? 1 : 1 + frame.Payload.Length;
        var copied = VirtioNetHeader.Length + (isCopied ? frame.Length : frame.Headers.Length);
        Debug.Assert(copied <= BufferLength);
        if (_messageCount == MessageLimit || _vectorCount + vectors > VectorLimit || _bufferUsed + copied > BufferLength)
        {
            return false;
        }

        var first = _vectors + _vectorCount;
        first[0] = new(_memory.Pointer + _bufferUsed, copied);
        *(VirtioNetHeader*)first[0].Pointer = VirtioNetHeader.Of(frame, Wire.EthernetFrame.HeaderLength);
        var rest = new Span<byte>(first[0].Pointer, copied)[VirtioNetHeader.Length..];
        if (isCopied)
        {
            frame.CopyTo(rest);
        }
        else
        {
            frame.Headers.CopyTo(rest);
            for (var index = 0; index < frame.Payload.Length; index++)
            {
                first[index + 1] = new(frame.Payload[index].Pointer, frame.Payload[index].Length);
            }
        }

        _messages[_messageCount++] = new() { Vectors = first, VectorCount = (nuint)vectors };
        _vectorCount += vectors;
        _bufferUsed += copied;
        return true;
    }

    /// <summary>Sends what there is.</summary>
    /// <returns>Zero, or why the next frame cannot be sent: a negative error number.</returns>
    public int Send(int socket)
    {
        while (Unsent > 0)
        {
            var outcome = SystemCalls.Send(socket, _messages + _sent, Unsent);
            if (outcome < 0 && outcome != -Errno.Interrupted)
            {
                return outcome;
            }

            Advance(Math.Max(0, outcome));
        }

        return 0;
    }

    /// <summary>Gives up the next frame.</summary>
    public void Skip() => Advance(1);

    public void Dispose() => _memory.Dispose();

    private void Advance(int count)
    {
        _sent += count;
        if (_sent == _messageCount)
        {
            (_sent, _messageCount, _vectorCount, _bufferUsed) = (0, 0, 0, 0);
        }
    }
}
