// The sum of `Count` numbers, at least three. Three numbers become two of the same sum, bit by bit, until two are left: a carry
// runs once, whatever the count.
module pim_sum #(
    parameter int Count = 33,
    parameter int Width = 33
) (
    input  logic [Count*Width-1:0] x_i,
    output logic [      Width-1:0] y_o
);
  // A queue: what is made of its first three stands at its end.
  logic [(3*Count-4)*Width-1:0] queue;
  logic [Width-1:0] a, b, c;
  always_comb begin
    queue                  = '0;
    queue[Count*Width-1:0] = x_i;
    a                      = '0;
    b                      = '0;
    c                      = '0;
    for (int i = 0; i < Count - 2; i++) begin
      a                                = queue[(3*i)*Width+:Width];
      b                                = queue[(3*i+1)*Width+:Width];
      c                                = queue[(3*i+2)*Width+:Width];
      queue[(Count+2*i)*Width+:Width]   = a ^ b ^ c;
      queue[(Count+2*i+1)*Width+:Width] = ((a & b) | (c & (a ^ b))) << 1;
    end
  end
  assign y_o = queue[(3*Count-6)*Width+:Width] + queue[(3*Count-5)*Width+:Width];
endmodule
