namespace Broadside.Relay;

/// <summary>The reply to a command that could not be finished at once.</summary>
/// <param name="Bytes">Encoded.</param>
/// <param name="Closes">Whether the client's connection is closed after it.</param>
internal readonly record struct RelayReply(byte[] Bytes, bool Closes = false)
{
    /// <summary>Encodes a reply.</summary>
    public static RelayReply Of(RespVersion version, Action<RespWriter> write, bool closes = false)
    {
        var buffer = new ReplyBuffer();
        write(new RespWriter(buffer, version));
        return new RelayReply(buffer.Written.ToArray(), closes);
    }
}
