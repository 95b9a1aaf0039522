using System.Net;
using Broadside;

await using var engine = RecordEngine.Create();                 // the best backend this machine has
var room = engine.CreateGroup("room");
await using var listener = await engine.ListenAsync(IPEndPoint.Parse("127.0.0.1:7000"), Framers.Lines(), async connection =>
{
    room.Add(connection);
    await foreach (var line in connection.ReadAllAsync())       // whole records only
    {
        using var whole = line;
        room.Send(whole);                                       // to everyone, one copy
    }
});
await Task.Delay(Timeout.Infinite);
