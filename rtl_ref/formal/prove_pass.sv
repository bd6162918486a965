// A pass over the row buffers of the ALU: as many reads as the elements fill, one a cycle, each written two cycles later at the
// same place, and done one cycle after the last write, once.
module prove_pass (
    input logic       clk_i,
    input logic       start_i,
    input logic [3:0] elements_i
);
  logic rst_n = 1'b0;
  always @(posedge clk_i) rst_n <= 1'b1;

  logic read, write, done;
  logic [2:0] read_address, write_address;
  pim_alu_pass #(.Lanes(2), .AddressBits(3)) u_pass (
      .clk_i, .rst_ni(rst_n), .start_i, .softmax_i(1'b0), .elements_i({28'd0, elements_i}), .inverse_i(49'd0), .highest_i(32'd0),
      .read_o(read), .read_address_o(read_address), .x_i(64'd0), .gain_i(64'd0), .write_o(write), .write_address_o(write_address),
      .write_data_o(), .sum_o(), .done_o(done)
  );

  logic [4:0] left = '0;  // elements to read
  logic [2:0] place = '0;
  logic was1 = 1'b0, was2 = 1'b0, last1 = 1'b0, last2 = 1'b0, last3 = 1'b0;
  logic [2:0] at1 = '0, at2 = '0;
  logic running = 1'b0;
  always @(posedge clk_i) begin
    assume (!start_i || (elements_i != '0 && !running));
    if (rst_n) begin
      assert (read == (left != '0));
      assert (!read || read_address == place);
      assert (write == was2);
      assert (!write || write_address == at2);
      assert (done == last3);
      if (start_i) begin
        left    <= {1'b0, elements_i};
        place   <= '0;
        running <= 1'b1;
      end else if (read) begin
        left  <= left > 5'd2 ? left - 5'd2 : '0;
        place <= place + 3'd1;
      end
      was1  <= read;
      last1 <= read && left <= 5'd2;
      at1   <= place;
      {was2, last2, at2} <= {was1, last1, at1};
      last3 <= last2;
      if (done) running <= 1'b0;
      cover (done && place == 3'd3);
    end
  end
endmodule
