// The queue of bytes between port and lanes: as many come out as went in, none is lost, and they keep their order. One byte,
// any, is followed on its way.
module prove_queue (
    input logic        clk_i,
    input logic [ 2:0] push_i,
    input logic [15:0] data_i,
    input logic [ 2:0] pop_i,
    input logic [ 3:0] which_i
);
  logic rst_n = 1'b0;
  always @(posedge clk_i) rst_n <= 1'b1;

  logic ready;
  logic [2:0] level;
  logic [15:0] out, masked;
  assign masked = push_i == 3'd2 ? data_i : push_i == 3'd1 ? {8'd0, data_i[7:0]} : 16'd0;
  pim_gearbox #(.Width(2)) u_queue (
      .clk_i, .rst_ni(rst_n), .push_ready_o(ready), .push_bytes_i(push_i), .push_data_i(masked), .level_o(level),
      .pop_bytes_i(pop_i), .data_o(out)
  );

  logic [3:0] which = '0, pushed = '0, popped = '0;
  logic [7:0] value = '0;
  logic known = 1'b0;
  always @(posedge clk_i) begin
    assume (push_i <= 3'd2 && pop_i <= 3'd2 && pop_i <= level);
    assume (push_i == '0 || ready);
    assume (pushed < 4'd13);
    if (!rst_n) which <= which_i;
    if (rst_n) begin
      assert (level <= 3'd4);
      assert ({1'b0, level} == pushed - popped);
      assert (ready == (level - pop_i <= 3'd2));
      if (push_i > 3'd0 && pushed == which) {known, value} <= {1'b1, data_i[7:0]};
      if (push_i > 3'd1 && pushed + 4'd1 == which) {known, value} <= {1'b1, data_i[15:8]};
      if (pop_i > 3'd0 && popped == which) assert (known && out[7:0] == value);
      if (pop_i > 3'd1 && popped + 4'd1 == which) assert (known && out[15:8] == value);
      pushed <= pushed + {1'b0, push_i};
      popped <= popped + {1'b0, pop_i};
      cover (level == 3'd4 && push_i == '0 && pushed == 4'd6);
    end
  end
endmodule
