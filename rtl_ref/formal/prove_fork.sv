// One item for all banks of a mask: each takes it once, in its own time, and none besides; the item is done when all have it, and
// what they answered is kept until then.
module prove_fork (
    input logic       clk_i,
    input logic       advance_i,
    input logic       valid_i,
    input logic [2:0] mask_i,
    input logic [2:0] ready_i,
    input logic [8:0] error_i
);
  logic rst_n = 1'b0;
  always @(posedge clk_i) rst_n <= 1'b1;

  logic [2:0] valid, fault, error;
  logic done;
  pim_die_fork #(.Banks(3)) u_fork (
      .clk_i, .rst_ni(rst_n), .advance_i, .valid_i, .mask_i, .valid_o(valid), .ready_i, .error_i, .done_o(done), .fault_o(fault),
      .error_o(error)
  );

  logic waits = 1'b0;  // the item of the last cycle has not gone
  logic [2:0] mask = '0, had = '0;
  logic [2:0] refused = '0;  // banks that took it and refused
  logic [2:0] takes, refuses, all;
  assign takes   = valid & ready_i;
  assign refuses = takes & {error_i[8:6] != '0, error_i[5:3] != '0, error_i[2:0] != '0};
  assign all     = had | takes;
  always @(posedge clk_i) begin
    assume (!waits || (valid_i && mask_i == mask));
    assume (!advance_i || done);
    assume (rst_n || !valid_i);
    if (rst_n) begin
      assert (valid == (valid_i ? mask_i & ~had : 3'd0));
      assert (done == (!valid_i || all == mask_i));
      assert (!(valid_i && done) || fault == (refused | refuses));
      assert (!(valid_i && done) || (error != '0) == (fault != '0));
      cover (advance_i && had == 3'b101 && fault == 3'b110);
    end
    waits   <= rst_n && valid_i && !advance_i;
    mask    <= mask_i;
    had     <= advance_i ? '0 : all;
    refused <= advance_i ? '0 : refused | refuses;
  end
endmodule
